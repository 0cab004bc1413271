"""`beraad demo smart`: the reference case from the General Assembly of June 2017 to decisions in effect."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import click
from rich.console import Console
from urllib3.exceptions import HTTPError

from beraad.demo import approval, assembly, closing, composition, deliberation, digests, meetings
from beraad.demo.exports import save, save_draws
from beraad.demo.http import Api, Refused
from beraad.demo.mail import Inbox, MailMissing
from beraad.demo.report import gather, show, show_exports
from beraad.demo.stack import embedded_stack
from beraad.demo.world import Circle, PlayStopped, World

ADMINISTRATOR = "administrator@localhost"
MONTHS = 5
EXPECTED = {
    "groups": 4,
    "seats": [12, 12, 12, 12],
    "groups_drawn": 2,
    "groups_representative": 4,
    "assembly_electors": 300,
    "mails_duplicated": 0,
    "mail_differences": {},
    "events_parked": 0,
    "approvals_returned": 1,
}
AT_LEAST = {
    "meetings": 28,
    "meetings_moved": 4,
    "meetings_cancelled": 4,
    "polls_booked": 4,
    "minutes_approved": 20,
    "visits": 4,
    "expert_guests": 4,
    "objections_integrated": 4,
    "approvals_granted": 4,
    "decisions_in_force": 4,
}


def play(url: str, console: Console) -> tuple[World, dict[str, object]]:
    """Play the whole case against the system at `url`, which must be new. Returns the world and the report."""
    started = time.monotonic()

    def say(line: str) -> None:
        console.print(f"[dim]{time.monotonic() - started:5.1f} s[/dim]  {line}")

    nobody = Api(url)
    world = World(nobody, Inbox(nobody), say)
    _enter_as_administrator(world)
    assembly.enrol(world)
    assembly.call_assembly(world)
    assembly.vote(world)
    composition.stand(world)
    composition.compose(world)
    meetings.schedule(world)
    digests.choose(world)
    for month in range(MONTHS):
        _month(world, month)
    approval.board_answers(world)
    approval.answer_the_board(world)
    approval.take_effect(world)
    closing.find_evenings(world)
    approval.review(world)
    say(f"waiting for the last of {world.expected.total} mails")
    world.inbox.wait_until(world.expected)
    return world, gather(world, time.monotonic() - started)


def _enter_as_administrator(world: World) -> None:
    """The first start mailed a link to the administrator."""
    token = world.inbox.wait_for_tokens([ADMINISTRATOR])[ADMINISTRATOR]
    world.expected.add("sign_in_link", [message["to"] for message in world.inbox.read()])
    session = world.nobody.post("/membership/v1/auth/sessions", {"token": token})
    world.administrator = world.nobody.signed_in(session["access_token"])
    for service in ("meetings", "deliberation", "notifications"):
        path = f"/{service}/v1/me/pending"
        world.patiently(lambda path=path: world.administrator.get(path))  # type: ignore[misc]


def _month(world: World, month: int) -> None:
    """All four groups meet, and do what that month is for."""
    by_day = sorted(world.circles, key=lambda circle: str(circle.meetings[month]["starts_at"]))
    if month == meetings.EXPERT_MEETING:
        for circle in by_day:
            meetings.invite_expert(world, circle)
    if month == meetings.DECLINED_MEETING:
        meetings.decline(world, world.circles[0])
    for circle in by_day:
        meetings.come_together(world, circle, month)
        if month == meetings.VISIT_MEETING and circle is world.circles[0]:
            deliberation.need_coordinators(world, circle)
        for act in ACTS[month]:
            act(world, circle)
        meetings.part(world, circle, month)
    world.say(f"meeting {month + 1} of each group: {SAID[month]}")


Act = Callable[[World, Circle], None]
ACTS: tuple[tuple[Act, ...], ...] = (
    (deliberation.contribute,),
    (deliberation.draft, meetings.postpone_january),
    (deliberation.first_round,),
    (deliberation.second_round,),
    (closing.call_off_february,),
)
SAID = (
    "contributions from members and experts",
    "proposals drafted, amended; an expert speaks; January's meeting is moved",
    "a visit; first consent rounds, an objection in each group",
    "the objections are integrated, all consent",
    "minutes approved, the Board has the recommendations; February's meeting is called off",
)


def shortcomings(report: dict[str, object]) -> list[str]:
    """What the run should have shown and did not."""
    wrong = [
        f"{name}: {report[name]}, should be {value}"
        for name, value in EXPECTED.items()
        if report[name] != value
    ]
    few = [
        f"{name}: {report[name]}, at least {n}" for name, n in AT_LEAST.items() if int(str(report[name])) < n
    ]
    mails = [] if report["mails_expected"] == report["mails_received"] else ["mails: see the table"]
    return wrong + few + mails


@contextmanager
def _errors_in_words(address: str) -> Iterator[None]:
    needs = "the demo needs a fresh installation in development, with its inbox page"
    try:
        yield
    except HTTPError as error:
        raise click.ClickException(f"{address} does not answer: {error}") from error
    except (MailMissing, PlayStopped, Refused) as error:
        raise click.ClickException(f"{error}; {needs}") from error


@click.command("smart")
@click.option(
    "--url", help="Play against a system that runs already (and is new), for instance docker compose."
)
@click.option(
    "--report",
    "report_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the figures as JSON.",
)
@click.option(
    "--pages",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep each group's export there as a page; a stack of the play's own leaves it among the temporary files.",
)
def command(url: str | None, report_path: Path | None, pages: Path | None) -> None:
    """Play the SMart case of 2017 on a fresh stack, through HTTP only, on a virtual clock."""
    console = Console(width=140 if not Console().is_terminal else None)
    if report_path is not None and not report_path.absolute().parent.is_dir():
        raise click.UsageError(f"the folder of {report_path} does not exist")
    with nullcontext(url) if url else embedded_stack(console) as address:
        with _errors_in_words(address):
            world, report = play(address, console)
            saved = save(world, pages) if pages or not url else []
            draws = save_draws(world, saved[0].parent) if saved else []
        show(world, report, console)
        show_exports(world, saved, draws, console)
    if report_path is not None:
        report_path.write_text(json.dumps(report, indent=2) + "\n")
    if missing := shortcomings(report):
        raise click.ClickException("the case did not run as it should: " + "; ".join(missing))
