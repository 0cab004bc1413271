"""What must hold whatever the model says, read off what the system knows (`reading.read`)."""

from fractions import Fraction
from typing import Any

from deliberation.process.oracle import CONSENTS
from deliberation.process.state import OPEN, Known


def expect_sound(before: dict[str, Any], found: dict[str, Any], known: Known) -> None:
    """Of every decision that is new, and of the history of responses."""
    assert list(found["decisions"]) == list(range(1, len(found["decisions"]) + 1)), "numbers have a gap"
    for number in found["decisions"].keys() - before.get("decisions", {}).keys():
        _expect_rightly_adopted(found, found["decisions"][number], known)
    for name, run in found["rounds"].items():
        _expect_complete(before.get("rounds", {}).get(name, {}).get("history", []), run)


def _expect_rightly_adopted(found: dict[str, Any], decision: dict[str, Any], known: Known) -> None:
    """A decision by consent: no objection stands, a quorum, an explicit consent (or silence that lives), no unseen text."""
    if not {"ConsentGiven", "SilenceIsConsent"} & set(decision["reasons"]):
        return
    p = known.proposals[decision["proposal"]]
    name = f"{p.name}.{found['proposals'][p.name]['rounds_held']}"
    run = found["rounds"][name]
    objections = {one: o for one, o in found["objections"].items() if one.startswith(f"{p.name}.")}
    standing = [one for one, o in objections.items() if o["state"] in OPEN]
    assert not standing, f"adopted although {standing} stand"
    staying = [who for who, (left, _) in run["electors"].items() if left is None]
    answers = {who: said for who, said in run["answers"].items() if who in staying}
    spoiled = any(answer == "object" for _, answer, _ in run["history"])
    silent = [who for who in staying if who not in answers and run["electors"][who][1]]
    silent = silent if run["silence"] and not spoiled else []
    assert p.rules is not None
    share = p.rules.second_call if run["calls"] > 2 and p.rules.second_call else p.rules.quorum
    present = len(answers) + len(silent)
    assert present >= 2, "adopted by fewer than two"
    assert Fraction(present, len(staying)) >= Fraction(*share), "adopted without quorum"
    consents = [who for who, (said, _) in answers.items() if said in CONSENTS and who != p.proposer]
    assert consents or silent, "adopted without a consent"
    versions = found["proposals"][p.name]["versions"]
    for who, (_, seen) in answers.items():
        unseen = [n for n in range(seen + 1, decision["version"] + 1) if not versions[n][1]]
        assert not unseen, f"{who} never saw version {unseen}"


def _expect_complete(before: list[Any], run: dict[str, Any]) -> None:
    """Nothing of the history goes; the answer that counts is the last one given."""
    assert run["history"][: len(before)] == before, "a response is gone from the history"
    last = {who: (answer, version) for who, answer, version in run["history"]}
    assert last == run["answers"], "an answer is not the last one given"
