"""Judging by a document: what `beraad evaluate` answers."""

import json
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError

from beraad.cli import main
from beraad_deliberation.documents.judged import ElectorDocument
from beraad_deliberation.documents.judging import UnreadableDocument, judge_document
from beraad_deliberation.domain.objection_states import ObjectionState
from beraad_deliberation.domain.profiles import PRESETS


def a_document(*answers: str | None, preset: str = "consent", **facts: Any) -> dict[str, Any]:
    electors = [{"id": f"e{n}", "answer": answer} for n, answer in enumerate(answers)]
    profile = {"preset": preset, **facts.pop("profile", {})}
    return {"format": "beraad.round/1", "profile": profile, "electors": electors, **facts}


def a_vote(
    in_favor: int, against: int, abstained: int = 0, *, eligible: int, **profile: Any
) -> dict[str, Any]:
    count = {"eligible": eligible, "in_favor": in_favor, "against": against, "abstained": abstained}
    return {"format": "beraad.vote/1", "profile": {"preset": "majority", **profile}, "count": count}


def judged(document: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    verdict = judge_document(document)
    return verdict.outcome.value, verdict.reasons


CONSENT, ABSTAIN, OBJECT = "consent", "abstain", "object"


@pytest.mark.parametrize(
    ("document", "outcome", "reason"),
    [
        (a_document(CONSENT, CONSENT), "adopted", "ConsentGiven"),
        (a_document(CONSENT), "lapsed", "ElectorateTooSmall"),
        (a_document(CONSENT, OBJECT), "integrating", "ObjectionStands"),
        (a_document(CONSENT, OBJECT, number=3), "deadlocked", "ObjectionStands"),
        (a_document(CONSENT, OBJECT, number=4), "deadlocked", "ObjectionStands"),
        (a_document(ABSTAIN, ABSTAIN, "stand_aside"), "lapsed", "TooFewConsents"),
        (a_document(CONSENT, None, None), "extended", "QuorumNotReached"),
        (a_document(CONSENT, None, None, calls=2), "lapsed", "QuorumNotReached"),
        (a_document(CONSENT, None, None, reconsidered=True), "lapsed", "QuorumNotReached"),
        (a_document(*[CONSENT] * 7, *[None] * 18, profile={"quorum": [28, 100]}), "adopted", "ConsentGiven"),
        (a_document(*[CONSENT] * 6, *[None] * 19, profile={"quorum": [28, 100]}), "extended", "QuorumNotReached"),
        (a_document(*[CONSENT] * 29, *[None] * 21, profile={"quorum": [58, 100]}), "adopted", "ConsentGiven"),
        (
            a_document(CONSENT, CONSENT, profile={"approving_body_id": str(UUID(int=1))}),
            "awaiting_approval",
            "ConsentGiven",
        ),
        (a_vote(29, 21, eligible=50, majority={"share": [58, 100], "base": "cast", "strict": False}), "adopted", "MajorityReached"),
        (a_vote(0, 0, eligible=50, quorum=[0, 1]), "rejected", "QuorumNotReached"),
        (a_vote(0, 0, 20, eligible=50), "rejected", "MajorityNotReached"),
        (a_vote(10, 10, 5, eligible=50), "rejected", "MajorityNotReached"),
        (a_vote(11, 10, 5, eligible=50), "adopted", "MajorityReached"),
    ],
)  # fmt: skip
def test_a_document_is_judged(document: dict[str, Any], outcome: str, reason: str) -> None:
    found, reasons = judged(document)

    assert (found, reasons[0]) == (outcome, reason)


@pytest.mark.parametrize("gone", ["departed", "recused"])
def test_who_departed_or_recused_is_out_of_the_denominator(gone: str) -> None:
    document = a_document(CONSENT, CONSENT, None, None, None)
    for elector in document["electors"][3:]:
        elector[gone] = True

    assert judged(document)[0] == "adopted"


def test_a_proposers_own_consent_is_not_the_one_that_is_needed() -> None:
    document = a_document(CONSENT, ABSTAIN)
    document["electors"][0]["proposer"] = True

    assert judged(document) == ("lapsed", ("TooFewConsents",))


@pytest.mark.parametrize(
    ("state", "outcome"),
    [(state, "adopted" if state in {"resolved", "not_qualified", "withdrawn", "merged", "lapsed"} else "integrating") for state in ObjectionState],
)  # fmt: skip
def test_an_objection_blocks_as_long_as_it_is_open(state: ObjectionState, outcome: str) -> None:
    document = a_document(CONSENT, CONSENT, OBJECT, objections=[{"elector": "e2", "state": state.value}])

    assert judged(document)[0] == outcome


def test_silence_is_consent_of_those_who_were_told() -> None:
    document = a_document(None, None, None, preset="lazy_consensus", silence=True)
    assert judged(document)[0] == "extended"
    for elector in document["electors"]:
        elector["notified"] = True
    assert judged(document) == ("adopted", ("SilenceIsConsent",))
    document["objections"] = [{"elector": "e0", "state": "withdrawn"}]
    assert judged(document)[0] == "extended"


def test_ballots_are_counted_as_their_count_is() -> None:
    electors: list[dict[str, Any]] = [{"id": str(n), "choice": "for"} for n in range(11)]
    electors += [{"id": str(n), "choice": "against"} for n in range(11, 21)]
    electors += [{"id": "21", "choice": "for", "recused": True}, {"id": "22", "choice": None}]
    document = {"format": "beraad.vote/1", "profile": {"preset": "majority"}, "electors": electors}

    assert judged(document) == judged(a_vote(11, 10, eligible=22))


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ({"format": "beraad.round/2"}, "the format is"),
        ({"format": 1}, "the format is"),
        ({"electros": []}, "electros"),
        ({"calls": 0}, "calls"),
        ({"calls": True}, "calls"),
        ({"number": 1.0}, "number"),
        ({"number": 2**40}, "number"),
        ({"silence": "yes"}, "silence"),
        ({"profile": {"preset": "anarchy"}}, "profile/preset"),
        ({"profile": {"quorum": [1, 0]}}, "profile/quorum"),
        ({"profile": {"quorum": [3, 2]}}, "profile/quorum"),
        ({"profile": {"quorum": [1]}}, "profile/quorum"),
        ({"profile": {"minimum_consents": 0}}, "profile/minimum_consents"),
        ({"profile": {"answers": ["abstain"]}}, "profile/answers"),
        ({"electors": [{"id": "a"}, {"id": "a"}]}, "electors"),
        ({"electors": [{"id": "a", "answer": "veto"}]}, "electors/0/answer"),
        ({"electors": None}, "electors"),
        ({"objections": [{"elector": "a", "state": "gone"}]}, "objections/0/state"),
        ({"profile": []}, "profile"),
    ],
)
def test_what_is_wrong_with_a_document_is_said(broken: dict[str, Any], told: str) -> None:
    with pytest.raises(UnreadableDocument, match=told):
        judge_document({**a_document(CONSENT, CONSENT), **broken})


@pytest.mark.parametrize("document", [None, [], "round", 7, {}])
def test_what_is_no_document_is_said(document: Any) -> None:
    with pytest.raises(UnreadableDocument):
        judge_document(document)


def evaluated(document: Any, *arguments: str) -> Result:
    text = document if isinstance(document, str) else json.dumps(document)
    return CliRunner().invoke(main, ["evaluate", *(arguments or ("-",))], input=text)


def test_the_command_answers_verdict_and_reasons() -> None:
    answer = evaluated(a_document(CONSENT, CONSENT, ABSTAIN))

    assert (answer.exit_code, json.loads(answer.stdout)) == (
        0,
        {"outcome": "adopted", "reasons": ["ConsentGiven"]},
    )


def test_the_command_reads_a_file(tmp_path: Path) -> None:
    file = tmp_path / "round.json"
    file.write_text(json.dumps(a_document(CONSENT, OBJECT)))

    assert json.loads(evaluated("", str(file)).stdout)["outcome"] == "integrating"
    assert evaluated("", str(tmp_path / "none.json")).exit_code == 2


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"format": "beraad.round/1"}', '{"a": 1, "a": 2}', "[" * 100_000, "\udcff"]
)
def test_the_command_says_what_cannot_be_read(text: str) -> None:
    answer = CliRunner().invoke(main, ["evaluate", "-"], input=text.encode("utf-8", "surrogateescape"))

    assert (answer.exit_code, answer.stdout) == (2, "")
    assert answer.stderr.startswith("Error: it cannot be")


WORDS = st.sampled_from(["consent", "consent_with_concern", "object", "stand_aside", "abstain", None])


@given(st.lists(WORDS, max_size=12), st.sampled_from(list(PRESETS)), st.integers(1, 5), st.integers(1, 3))
def test_a_preset_and_the_same_profile_spelled_out_are_judged_alike(
    answers: list[str | None], preset: str, number: int, calls: int
) -> None:
    document = a_document(*answers, preset=preset, number=number, calls=calls)
    spelled = {**document, "profile": PRESETS[preset].to_document()}

    assert judge_document(document) == judge_document(spelled)


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(0, 1),
    st.sampled_from(["", "e1", CONSENT, "maybe", "x" * 100, "x" * 101, "true"]),
)


def read(elector: Any, load: Any) -> Any:
    try:
        return load(elector)
    except ValidationError as error:
        return error.messages


@given(
    elector=st.one_of(
        st.none(),
        st.dictionaries(
            st.sampled_from(["id", "answer", "proposer", "departed", "recused", "notified", "more"]), ODD
        ),
    )
)
def test_an_elector_is_read_quickly_as_slowly(elector: Any) -> None:
    schema = ElectorDocument()
    assert read(elector, schema.load) == read(elector, partial(Schema.load, schema))


def test_a_profile_that_is_read_once_is_read_as_it_was_the_first_time() -> None:
    answers = [*[CONSENT] * 7, *[None] * 18]
    document, other = a_document(*answers), a_document(*answers, profile={"quorum": [28, 100]})
    broken = a_document(CONSENT, profile={"quorum": "half"})
    for _ in range(2):
        assert judged(document)[0] == "extended"
        assert judged(other)[0] == "adopted"
        with pytest.raises(UnreadableDocument, match="profile/quorum"):
            judged(broken)
