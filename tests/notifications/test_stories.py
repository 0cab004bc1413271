"""What is told of a delivery, wherever it stands."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from beraad_notifications.domain.audience_words import audience_in_words
from beraad_notifications.domain.catalogue import ANY_KIND, KINDS
from beraad_notifications.domain.channels import Channel, ChannelState
from beraad_notifications.domain.deliveries import State
from beraad_notifications.domain.holding_back import WAITS
from beraad_notifications.domain.replies import code_of
from beraad_notifications.domain.steps import Step, What
from beraad_notifications.domain.stories import SERVER_SPOKE, Standing, moment, what_happened, what_is_next
from beraad_notifications.mail.samples import SAMPLE
from notifications.vocabulary import NOON

AT_FIVE = NOON + timedelta(hours=3)
QUEUED = Standing(
    kind_name="round_opened",
    state=State.QUEUED,
    reason="",
    attempts=0,
    queued_at=NOON,
    due_at=AT_FIVE,
    give_up_at=NOON + timedelta(hours=48),
    settled_at=None,
    digest_id=None,
    zone=ZoneInfo("Europe/Brussels"),
)


STOPPED = Channel(name="mail", state=ChannelState.STOPPED, reason="we move", since=NOON)
PAUSED = Channel(name="mail", state=ChannelState.PAUSED, next_trial_at=AT_FIVE)


def a_standing(state: State, reason: str = "", **changes: Any) -> Standing:
    return replace(QUEUED, state=state, reason=reason, **changes)


def test_moments_are_told_by_the_clock_of_whom_they_concern() -> None:
    assert moment(NOON, QUEUED.zone) == "Friday 1 September 2017 at 14:00 (Europe/Brussels)"


@pytest.mark.parametrize("kind", ANY_KIND.values(), ids=list(ANY_KIND))
def test_every_audience_is_told_in_words(kind: Any) -> None:
    told = audience_in_words(kind)
    assert told
    assert "_" not in told


def test_audiences_name_groups_and_roles() -> None:
    assert audience_in_words(KINDS["seat_vacated"]) == "facilitator or board link of the group"
    assert audience_in_words(KINDS["objection_raised"]) == "facilitator of the group"
    assert audience_in_words(KINDS["poll_opened"]) == (
        "everyone who holds a seat in the group, and its facilitator, board link and secretary"
    )
    assert audience_in_words(KINDS["seat_filled"]) == (
        "the person it is about, where the group is a working group or board"
    )


def test_what_is_made_of_other_mails_goes_to_no_audience() -> None:
    (line,) = what_happened(replace(QUEUED, kind_name="digest"), [])
    assert line.text == "Queued for them."


@pytest.mark.parametrize("what", What)
def test_every_step_is_told(what: What) -> None:
    step = Step(
        delivery_id=SAMPLE, person_id=SAMPLE, at=NOON, what=what, told="words", next_at=AT_FIVE, attempt=2
    )
    _, line = what_happened(QUEUED, [step])
    assert (line.what, line.at, line.next_at) == (what.value, NOON, AT_FIVE)
    assert "17:00" in line.text or what in {What.LEFT, What.ADDRESS_KNOWN, What.LOOKED_AT_AGAIN}
    assert line.told == ("words" if what in SERVER_SPOKE else "")


def test_a_step_need_not_say_what_follows() -> None:
    step = Step(delivery_id=SAMPLE, person_id=SAMPLE, at=NOON, what=What.LEFT)
    assert what_happened(QUEUED, [step])[1].next_at is None


@pytest.mark.parametrize(
    ("standing", "what", "text"),
    [
        (a_standing(State.SENDING, attempts=2), "sending", "Attempt 2: being sent."),
        (a_standing(State.SENT, "250 OK"), "accepted", "the mail server took it over"),
        (a_standing(State.SENT, digest_id=SAMPLE), "accepted", "the digest over that it was told in"),
        (a_standing(State.FAILED, "550 no"), "failed", "Refused for good"),
        (a_standing(State.FAILED, "gave up: 450 busy"), "failed", "Given up"),
        (a_standing(State.FAILED, digest_id=SAMPLE), "failed", "As the digest"),
        (a_standing(State.UNCERTAIN, digest_id=SAMPLE), "uncertain", "As the digest"),
        (a_standing(State.UNCERTAIN, "lost", kind_name="vote_reminder"), "uncertain", "none is sent twice"),
        (a_standing(State.UNCERTAIN, "lost", kind_name="vote_opened"), "uncertain", "several times"),
        (a_standing(State.SUPPRESSED, "unsubscribed"), "suppressed", "chose to get no mail of this kind"),
        (a_standing(State.SUPPRESSED, "paused by hand"), "suppressed", "Not sent: paused by hand."),
        (a_standing(State.COLLECTED, digest_id=SAMPLE), "told_in_digest", "Put into a digest."),
    ],
)
def test_where_it_stands_is_told(standing: Standing, what: str, text: str) -> None:
    line = what_happened(standing, [])[-1]
    assert line.what == what
    assert text in line.text


@pytest.mark.parametrize("state", [State.QUEUED, State.DEFERRED, State.COLLECTED])
def test_what_is_still_open_ends_with_its_last_step(state: State) -> None:
    assert [line.what for line in what_happened(a_standing(state), [])] == ["queued"]


@pytest.mark.parametrize(
    ("standing", "what", "text"),
    [
        (QUEUED, "turn", "when its turn comes."),
        (replace(QUEUED, due_before=7), "turn", "7 mails are due before it"),
        (replace(QUEUED, due_before=1), "turn", "one mail is due before it"),
        (replace(QUEUED, due_before=0), "turn", "no other mail is due before it"),
        (
            replace(QUEUED, channel=STOPPED),
            "held_up",
            "at 14:00 (Europe/Brussels): “we move”. It is sent once",
        ),
        (replace(QUEUED, channel=PAUSED), "held_up", "All mail is held up. One is tried again Friday"),
        (a_standing(State.DEFERRED, "450 busy", channel=STOPPED), "held_up", "an administrator resumes mail"),
        (a_standing(State.DEFERRED, WAITS, channel=STOPPED), "quiet_hours", "after quiet hours"),
        (replace(QUEUED, channel=STOPPED, address_known=False), "address", "membership tells"),
        (replace(QUEUED, address_known=False), "address", "membership tells their address"),
        (
            a_standing(State.DEFERRED, WAITS),
            "quiet_hours",
            "after quiet hours, Friday 1 September 2017 at 17:00",
        ),
        (
            a_standing(State.DEFERRED, "450 busy", attempts=1),
            "retry",
            "given up Sunday 3 September 2017 at 14:00",
        ),
        (a_standing(State.DEFERRED, "the worker stops"), "turn", "Tried Friday 1 September 2017 at 17:00"),
        (a_standing(State.DEFERRED, "away", kind_name="sign_in_link"), "retry", "given up Sunday"),
        (a_standing(State.SENDING), "sending", "told within minutes"),
        (a_standing(State.COLLECTED), "digest", "in the digest of Friday 1 September 2017 at 17:00"),
        (a_standing(State.COLLECTED, digest_id=SAMPLE), "digest", "Its digest is on its way"),
        (a_standing(State.SENT), "nothing", "look among spam"),
        (
            a_standing(State.FAILED, "550 5.1.1", refused="550 5.1.1"),
            "nothing",
            "“550 5.1.1”. Another address",
        ),
        (a_standing(State.FAILED, "gave up"), "nothing", "it is not sent again"),
        (a_standing(State.UNCERTAIN), "nothing", "it is not sent again"),
        (a_standing(State.SUPPRESSED, "group_muted"), "nothing", "choose otherwise"),
        (a_standing(State.SUPPRESSED, "erased"), "nothing", "nobody writes to who was erased"),
    ],
)
def test_what_happens_next_is_told(standing: Standing, what: str, text: str) -> None:
    line = what_is_next(standing)
    assert line.what == what
    assert text in line.text


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ("250 2.0.0 OK", "250"),
        ("250-first", "250"),
        ("450", "450"),
        ("gave up: 451 4.3.0 later", "451"),
        ("the connection was lost", "none"),
        ("25012 mails", "none"),
        ("", "none"),
    ],
)
def test_the_code_of_what_a_server_said(told: str, code: str) -> None:
    assert code_of(told)[0] == code
