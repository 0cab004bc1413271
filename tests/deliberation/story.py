"""A group's story with something of everything in it."""

from dataclasses import dataclass
from typing import Any

from deliberation.vocabulary import (
    Circle,
    a_circle,
    a_draft,
    a_round,
    all_consent,
    closed,
    in_days,
    leaves,
    moved,
    object_to,
    objections_to,
    respond,
    set_profile,
    the_proposal,
)
from worlds.callers import ok
from worlds.world import World

HOSTILE = "<script>alert(1)</script> \"'&amp; \u202eevil\u2066 ![x](http://evil.test/x.png) [y](javascript:alert(1)) {{ 7*7 }} \x07\x1b"


@dataclass
class Told:
    """A circle with a proposal that went the whole way, and its ids."""

    circle: Circle
    board: Circle
    proposal_id: str

    @property
    def path(self) -> str:
        return f"/v1/proposals/{self.proposal_id}"


def a_whole_story(world: World, people: int = 6, words: str = "") -> Told:
    """Questions, reactions, amendments of every kind, two rounds, four objections, an approval, a decision under review.

    `words` stands in every text that people write.
    """
    board = a_circle(world, 1, kind="board")
    circle = a_circle(world, people, approving_body_id=board.id)
    ok(set_profile(circle, max_rounds=5))
    told = Told(circle, board, _discussed(circle, words))
    first = a_round(circle, the_proposal(circle, told.proposal_id))
    _objected(told, first, words)
    _integrated(told, words)
    second = a_round(circle, the_proposal(circle, told.proposal_id))
    _agreed(told, second, words)
    _decided(told, words)
    return told


def _discussed(circle: Circle, words: str) -> str:
    member, other = circle.members[1], circle.members[2]
    task = {"title": "Sign the lease", "owner_id": str(member.id), "due_on": "2017-12-01"}
    draft = a_draft(circle, driver=f"There is no room. {words}", tasks=[task], theme="Housing")
    path = f"/v1/proposals/{draft['id']}"
    ok(circle.proposer.post(f"{path}/open"))
    question = ok(member.post(f"{path}/questions", {"text": f"Who pays? {words}"}), 201)
    ok(circle.proposer.post(f"/v1/questions/{question['id']}/answer", {"text": f"All of us. {words}"}))
    ok(other.post(f"{path}/questions", {"text": "Where is it?"}), 201)
    moved(circle, draft, "reacting")
    ok(member.post(f"{path}/reactions", {"text": f"I like it. {words}"}), 201)
    ok(other.post(f"{path}/reactions", {"passes": True}), 201)
    moved(circle, draft)
    shared = {
        "theme": "Housing",
        "title": "Ghent",
        "text": f"Three **examples** {words}",
        "proposal_id": draft["id"],
    }
    ok(member.post(f"/v1/groups/{circle.id}/contributions", shared), 201)
    for original, replacement in (("one room", "two rooms"), ("Mondays", "Fridays")):
        change = {
            "base_version": 1,
            "original": original,
            "replacement": replacement,
            "rationale": f"It is better. {words}",
        }
        amended = ok(member.post(f"{path}/amendments", change), 201)
    ok(circle.proposer.post(f"/v1/amendments/{amended['id']}/accept"))
    change = {"base_version": 2, "original": "Fridays", "replacement": "Sundays"}
    for author in (member, other):
        amended = ok(author.post(f"{path}/amendments", {**change, "rationale": "Rest"}), 201)
        change["replacement"] = "Saturdays"
    return str(draft["id"])


def _objected(told: Told, asked: dict[str, Any], words: str) -> None:
    """One that will be integrated by an amendment, one not qualified, one withdrawn, one orphaned and adopted."""
    circle, (one, two, three, four) = told.circle, told.circle.members[-4:]
    text = the_proposal(circle, told.proposal_id)["text"]
    start = text.index("one room")
    anchored = {
        "reason": f"One room is too small for all of us, and the neighbors hear every word. {words}",
        "kind": "aim",
        "anchor": {"start": start, "end": start + 8},
    }
    ok(respond(one, asked, "object", objection=anchored))
    for person in (two, three, four):
        ok(object_to(person, asked, f"The cost falls on one team, each month anew. {words}"))
    by = {o["objector_id"]: o["id"] for o in objections_to(circle, told.proposal_id)}
    for person in (circle.facilitator, circle.members[1]):
        for objector, qualifies in ((one, True), (two, False)):
            body = {"qualifies": qualifies, "reason": f"I looked at the costs. {words}"}
            ok(person.post(f"/v1/objections/{by[str(objector.id)]}/opinions", body))
    for objector in (one, two):
        ok(circle.facilitator.post(f"/v1/objections/{by[str(objector.id)]}/test"))
    withdrawn = {"answer": "consent_with_concern", "concern": f"Will it last? {words}"}
    ok(three.post(f"/v1/objections/{by[str(three.id)]}/withdraw", withdrawn))
    circle.world.days_pass(0.5)
    leaves(circle, four)
    circle.world.days_pass(0.5)
    ok(circle.members[1].post(f"/v1/objections/{by[str(four.id)]}/adopt"))
    ok(circle.facilitator.post(f"/v1/objections/{by[str(four.id)]}/test"))
    all_consent([circle.facilitator, circle.proposer], asked)
    closed(circle, asked, reason="we have heard enough")


def _integrated(told: Told, words: str) -> None:
    """The first by the open amendment; the adopted one by another version, deferred."""
    circle, path = told.circle, told.path
    world = circle.world
    world.days_pass(1)
    first, *_, adopted = objections_to(circle, told.proposal_id)
    amendments = ok(circle.proposer.get(f"{path}/amendments"))["items"]
    taken = {"objection_ids": [first["id"]]}
    ok(circle.proposer.post(f"/v1/amendments/{amendments[0]['id']}/accept", taken))
    deferred = {
        "objection_id": adopted["id"],
        "strategy": "defer",
        "note": f"Ask the treasurer. {words}",
        "owner_id": str(circle.proposer.id),
        "due_on": "2017-12-24",
    }
    stands = the_proposal(circle, told.proposal_id)
    body = {
        "text": f"# The room\n\n{stands['text']}\n\n- We share *the cost*. {words}\n",
        "base_version": stands["version"],
        "note": f"Shares the cost. {words}",
        "integrations": [deferred],
    }
    ok(circle.proposer.post(f"{path}/versions", body), 201)


def _agreed(told: Told, asked: dict[str, Any], words: str) -> None:
    circle = told.circle
    staying = [circle.facilitator, *circle.members[:-1]]
    recusing, doubting, *others = [one for one in staying if one is not circle.members[1]]
    ok(recusing.post(f"/v1/rounds/{asked['id']}/recuse", {"reason": f"It is my house. {words}"}))
    ok(respond(doubting, asked, "consent_with_concern", concern=f"Will it be warm? {words}"))
    all_consent([*others, circle.members[1]], asked)
    closed(circle, asked)


def _decided(told: Told, words: str) -> None:
    circle, world = told.circle, told.circle.world
    approval = the_proposal(circle, told.proposal_id)["approval_id"]
    world.days_pass(2)
    ok(told.board.members[0].post(f"/v1/approvals/{approval}/grant", {"note": f"With pleasure. {words}"}))
    world.falls_due()


def an_assembly_that_voted(world: World) -> tuple[Circle, str]:
    """A proposal adopted by vote, with a ballot of each kind."""
    assembly = a_circle(world, 4, kind="assembly")
    put = moved(assembly, ok(assembly.proposer.post(f"/v1/proposals/{a_draft(assembly)['id']}/open")))
    path = f"/v1/proposals/{put['id']}/votes"
    vote = ok(assembly.facilitator.post(path, {"closes_at": in_days(world, 3)}), 201)
    for person, choice in zip(assembly.everyone, ("for", "for", "for", "against", "abstain"), strict=True):
        ok(person.put(f"/v1/votes/{vote['id']}/ballots/me", {"version": 1, "choice": choice}))
    ok(assembly.facilitator.post(f"/v1/votes/{vote['id']}/close"))
    return assembly, str(put["id"])
