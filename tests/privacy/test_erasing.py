"""After an erasure nothing in the four databases tells of the person: no name, no address, no words of theirs."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from beraad.clock import real_now
from beraad.identifiers import new_id
from beraad.messaging.cursors import note_watermark, read_cursor
from beraad.messaging.envelope import Watermark
from beraad.perform import WORKER, transaction
from beraad.record.notes import PublicKey
from beraad.storage.tables import known_people
from beraad_deliberation.documents.judging import judge_document
from beraad_deliberation.record.verifying import verify as check
from beraad_notifications.storage.tables import contacts, deliveries, delivery_steps, notices, recipients
from deliberation.vocabulary import Circle, a_draft, a_round, closed, in_days, moved, object_to, respond
from privacy.cooperative import Cooperative
from worlds.callers import Caller, ok, problem
from worlds.world import WorldMaker

NAME, EARLIER, EMAIL = "Canary Name", "Canary Maiden", "canary@beraad.test"
WORDS = "canary words"
PERSONAL = (NAME, EARLIER, EMAIL, WORDS)
TEXT = "A text for the group"
TRACES = {
    "membership.people",
    "membership.outbox",
    "membership.idempotency_keys",
    "membership.candidacies",
    "membership.conflicts",
    "membership.sign_in_links",
    "meetings.known_people",
    "meetings.answers",
    "deliberation.known_people",
    "deliberation.idempotency_keys",
    "deliberation.proposals",
    "deliberation.questions",
    "deliberation.reactions",
    "deliberation.contributions",
    "deliberation.objections",
    "deliberation.responses",
    "deliberation.record_texts",
    "deliberation.pseudonyms",
    "deliberation.decisions",
    "deliberation.outbox",
    "notifications.known_people",
    "notifications.contacts",
    "notifications.deliveries",
    "notifications.delivery_steps",
    "notifications.notices",
    "notifications.recipients",
}
"""Where somebody who did a bit of everything stands by name, address or words."""


@dataclass
class Lived:
    """A cooperative in which somebody has left traces everywhere."""

    cooperative: Cooperative
    anna: Caller
    bram: Caller
    group: UUID
    asked: dict[str, Any]

    @property
    def circle(self) -> Circle:
        world = self.cooperative["deliberation"]
        return Circle(world, self.group, world.as_person(self.bram.id), [world.as_person(self.anna.id)], {})

    def erase(self) -> dict[str, Any]:
        done: dict[str, Any] = ok(
            self.cooperative.administrator.post(f"/v1/people/{self.anna.id}/erasure"), 202
        )
        self.cooperative.carries()
        return done


@pytest.fixture
def lived(a_world: WorldMaker) -> Lived:
    return a_life(a_world, "sqlite")


def a_life(a_world: WorldMaker, engine: str) -> Lived:
    cooperative = Cooperative(a_world, engine)
    anna = cooperative.person(EARLIER, EMAIL, profiles=["user"])
    bram = cooperative.person("Bram", "bram@beraad.test")
    chloe = cooperative.person("Chloe", "chloe@beraad.test")
    ok(anna.patch(f"/v1/people/{anna.id}", {"name": NAME}, if_match=1))
    group = cooperative.group(anna, bram, chloe, facilitator=bram)
    cooperative.carries()
    _in_membership(cooperative, anna)
    _in_meetings(cooperative, anna, bram, group)
    lived = Lived(cooperative, anna, bram, group, {})
    _in_deliberation(lived, chloe)
    cooperative.carries()
    _in_notifications(cooperative, anna)
    return lived


def _in_membership(cooperative: Cooperative, anna: Caller) -> None:
    stood = {"profile": "user", "motivation": WORDS}
    other = cooperative["membership"].group("Housing")
    ok(anna.post(f"/v1/groups/{other}/candidacies", stood, idempotency_key="candidacy"), 201)
    conflict = {"theme": "Banking", "reason": WORDS}
    ok(anna.post(f"/v1/people/{anna.id}/conflicts", conflict), 201)
    browser = cooperative["membership"].app.test_client()
    browser.post("/v1/auth/sign-in-links", json={"email": EMAIL})


def _in_meetings(cooperative: Cooperative, anna: Caller, bram: Caller, group: UUID) -> None:
    theirs, mine = cooperative.calls("meetings", bram), cooperative.calls("meetings", anna)
    body = {
        "title": "Bakery",
        "kind": "visit",
        "starts_at": "2030-10-10T16:00:00+00:00",
        "duration_minutes": 60,
    }
    meeting = ok(theirs.post("/v1/meetings", {**body, "group_id": str(group), "place": "There"}), 201)
    said = {"answer": "declined", "comment": WORDS}
    ok(mine.put(f"/v1/meetings/{meeting['id']}/invitations/me", said))
    ok(mine.post("/v1/calendar-feeds", {}, idempotency_key="calendar"), 201)


def _in_deliberation(lived: Lived, chloe: Caller) -> None:
    circle, world = lived.circle, lived.cooperative["deliberation"]
    anna, bram, chloe = circle.proposer, circle.facilitator, world.as_person(chloe.id)
    _current(world)
    a_draft(circle, title=f"Alone {WORDS}"[:200], driver=WORDS, text=WORDS)
    draft = a_draft(circle, text=TEXT, review_on="2030-01-01")
    path = f"/v1/proposals/{draft['id']}"
    ok(anna.post(f"{path}/open"))
    ok(anna.post(f"{path}/questions", {"text": WORDS}, idempotency_key="question"), 201)
    moved(circle, draft, "reacting")
    ok(anna.post(f"{path}/reactions", {"text": WORDS}), 201)
    moved(circle, draft)
    shared = {"theme": "Housing", "title": "Ghent", "text": WORDS, "author_name": NAME}
    ok(anna.post(f"/v1/groups/{lived.group}/contributions", shared), 201)
    first = a_round(circle, draft)
    ok(object_to(anna, first, WORDS))
    closed(circle, first, reason="time")
    objection = ok(bram.get(f"{path}/objections"))["items"][0]["id"]
    version = {"base_version": 1, "objection_ids": [objection], "text": f"{TEXT} again", "note": "Another"}
    ok(anna.post(f"{path}/versions", version), 201)
    asked = ok(bram.post(f"{path}/rounds", {"closes_at": in_days(world, 7)}), 201)
    ok(respond(anna, asked, "consent_with_concern", concern=WORDS))
    for person in (bram, chloe):
        ok(respond(person, asked))
    lived.asked = closed(circle, asked)
    assert lived.asked["verdict"]["outcome"] == "adopted"
    world.days_pass(365 * 10)
    world.falls_due()
    (due,) = world.published("deliberation.decision.review_due.v1")
    assert due["questions"] == [WORDS]


def _current(world: Any) -> None:
    with transaction(world.store) as work:
        position = read_cursor(work.session, "membership").position
        note_watermark(work.session, Watermark("membership", 1, position, real_now()))


def _in_notifications(cooperative: Cooperative, anna: Caller) -> None:
    mine = cooperative.calls("notifications", anna)
    chosen = ok(mine.get("/v1/me/preferences"))
    ok(mine.put("/v1/me/preferences", {"round_opened": "weekly"}, if_match=chosen["revision"]))
    with transaction(cooperative["notifications"].store, WORKER) as work:
        work.session.execute(recipients.update().values(refused_address=EMAIL, refused_reason=f"550 {EMAIL}"))
        at = real_now()
        work.session.execute(
            deliveries.insert().values(
                id=new_id(), person_id=anna.id, event_id=new_id(), kind="round_opened", channel="mail",
                urgency=5, state="failed", reason=f"550 {EMAIL} is unknown", attempts=1, uncertain=0,
                revision=1, queued_at=at, due_at=at, give_up_at=at, settled_at=at,
            )
        )  # fmt: skip
        work.session.execute(
            delivery_steps.insert().values(
                delivery_id=new_id(), person_id=anna.id, at=at, what="deferred", told=f"450 {EMAIL} is busy",
                attempt=1,
            )
        )  # fmt: skip
        work.session.execute(notices.update().values(spread_at=at))


def test_nothing_tells_of_an_erased_person(a_world: WorldMaker, each_engine: str) -> None:
    lived = a_life(a_world, each_engine)
    assert lived.cooperative.mentions(*PERSONAL).keys() == TRACES  # or what follows would prove nothing

    done = lived.erase()

    assert lived.cooperative.mentions(*PERSONAL) == {}
    named = lived.cooperative.mentions(done["pseudonym"])
    assert {"membership.people", "meetings.known_people", "deliberation.known_people"} <= named.keys()
    assert TEXT in lived.cooperative.everything()["deliberation.versions"]


def test_the_record_of_the_group_is_erased_and_not_broken(lived: Lived) -> None:
    before = _verified(lived)

    lived.erase()

    after = _verified(lived)
    assert (before.erased, before.findings, after.findings) == (0, (), ())
    assert after.erased == 2, "the objection's reason and the concern"
    assert after.entries >= before.entries


def _verified(lived: Lived) -> Any:
    path = f"/v1/groups/{lived.group}"
    key = PublicKey.parse(ok(lived.circle.facilitator.get(f"{path}/checkpoint"))["key"])
    return check(
        ok(lived.circle.facilitator.get(f"{path}/export")), judge=judge_document, against=(), key=key
    )


def test_a_repeated_erasure_changes_nothing_more(lived: Lived) -> None:
    done = lived.erase()
    before = lived.cooperative.everything()

    lived.cooperative["membership"].days_pass(1)
    lived.cooperative["membership"].falls_due()
    lived.cooperative.carries()

    after = lived.cooperative.everything()
    told = {place for place in before if before[place] != after[place]}
    of_the_kernel = {
        "outbox",
        "streams",
        "cursors",
        "known_revisions",
        "clock",
        "known_people",
        "people",
        "contacts",
    }
    assert {place.partition(".")[2] for place in told} <= of_the_kernel | {"sign_in_links"}
    assert lived.cooperative.mentions(*PERSONAL) == {}
    assert done["pseudonym"] in after["meetings.known_people"]


def test_what_was_written_by_a_request_under_way_is_erased_the_second_time(lived: Lived) -> None:
    lived.erase()
    circle = lived.circle  # a token lives for ten minutes, and here no service has heard of a revocation
    shared = {"theme": "Housing", "title": "Antwerp", "text": WORDS, "author_name": NAME}
    ok(circle.proposer.post(f"/v1/groups/{lived.group}/contributions", shared), 201)
    assert lived.cooperative.mentions(*PERSONAL).keys() == {"deliberation.contributions"}

    lived.cooperative["membership"].days_pass(0.02)
    lived.cooperative["membership"].falls_due()
    lived.cooperative.carries()

    assert lived.cooperative.mentions(*PERSONAL) == {}


def test_who_is_erased_before_their_address_arrives_does_not_come_back(
    a_world: WorldMaker, each_engine: str
) -> None:
    cooperative = Cooperative(a_world, each_engine)
    anna = cooperative.person(NAME, EMAIL)
    cooperative["membership"].app.test_client().post("/v1/auth/sign-in-links", json={"email": EMAIL})
    sent = cooperative.taken("membership.private")  # on its way, and slow

    ok(cooperative.administrator.post(f"/v1/people/{anna.id}/erasure"), 202)
    cooperative.carries(private=False)
    cooperative.arrives("notifications", sent)

    assert cooperative.mentions(*PERSONAL) == {}
    with transaction(cooperative["notifications"].store) as work:
        (kept,) = work.session.execute(select(contacts).where(contacts.c.person_id == anna.id)).all()
        assert (kept.email, kept.erased) == ("", True)


def test_who_was_never_heard_of_is_known_by_the_pseudonym_and_nothing_else(
    a_world: WorldMaker, each_engine: str
) -> None:
    world = a_world("meetings", on=each_engine)
    person_id = new_id()
    world.hears("membership.person.erased.v1", person_id=person_id, revision=9, pseudonym="erased-1")
    same = {"person_id": person_id, "name": NAME, "language": "nl", "time_zone": "UTC", "profiles": ["user"]}
    world.hears("membership.person.updated.v1", revision=8, administrator=True, **same)
    with transaction(world.store) as work:
        (kept,) = work.session.execute(
            select(known_people).where(known_people.c.person_id == person_id)
        ).all()
    assert (kept.name, kept.profiles, kept.administrator) == ("erased-1", [], False)


def test_an_invitation_and_a_calendar_of_an_erased_person_end(lived: Lived) -> None:
    meetings = lived.cooperative["meetings"]
    lived.erase()
    mine = meetings.as_person(lived.anna.id)
    assert ok(mine.get("/v1/calendar-feeds"))["items"] == []
    (scheduled,) = meetings.published("meetings.meeting.scheduled.v1")
    problem(
        mine.put(f"/v1/meetings/{scheduled['meeting_id']}/invitations/me", {"answer": "accepted"}),
        404,
        "NotFound",
    )
