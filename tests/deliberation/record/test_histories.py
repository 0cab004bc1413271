"""No good history is accused and no mutation passes: a selection here, the whole with the marker `long`."""

import json
from collections.abc import Callable

import pytest
from jsonschema import Draft202012Validator

from architecture.tree import ROOT
from beraad_deliberation.documents.judging import judge_document
from beraad_deliberation.record.export import json_schema
from beraad_deliberation.record.kinds import BODIES, LEAF_BODIES
from beraad_deliberation.record.verifying import verify
from deliberation.record.chronicle import Chronicle
from deliberation.record.histories import a_history
from deliberation.record.mutations import MUTATIONS, checked, good_exports, mutations, written
from deliberation.record.speed import many_rounds, measured, one_round

SCHEMA = Draft202012Validator(json_schema())


@pytest.mark.parametrize("count", [40, pytest.param(500, marks=pytest.mark.long)])
def test_no_good_history_is_accused(count: int, record_property: Callable[[str, object], None]) -> None:
    entries, outcomes, erased = 0, 0, 0
    for history, report in good_exports(count):
        assert report is not None
        assert report.findings == (), f"seed of {history.group}"
        entries, outcomes, erased = (
            entries + report.entries,
            outcomes + report.outcomes,
            erased + report.erased,
        )
    assert min(entries, outcomes, erased) > count
    record_property(
        "counts", f"{count} exports, {entries} entries, {outcomes} outcomes, {erased} texts erased"
    )


@pytest.mark.parametrize(("count", "of"), [(800, 20), pytest.param(5000, 100, marks=pytest.mark.long)])
def test_no_mutation_passes(count: int, of: int, record_property: Callable[[str, object], None]) -> None:
    seen = set()
    for name, report in mutations(count, of):
        seen.add(name)
        assert report is None or not report.good, name
    assert seen == {*MUTATIONS, "a_new_seal"}
    record_property("counts", f"{count} mutations of {of} exports, all caught")


def test_the_histories_tell_of_everything() -> None:
    told = {sealed.entry["type"] for seed in range(120) for sealed in a_history(seed, 2).entries}
    assert told == set(BODIES)


def test_a_history_can_be_exported_while_it_goes_on() -> None:
    history = a_history(5)
    for _ in range(4):
        export = history.export()
        assert verify(export, judge=judge_document).good
        history.deliberate()
        report = checked(written(history.export()), export)
        assert report is not None
        assert report.good


@pytest.mark.parametrize("seed", range(8))
def test_the_schema_describes_what_is_exported(seed: int) -> None:
    export = json.loads(written(a_history(seed).export()))
    assert [error.message for error in SCHEMA.iter_errors(export)] == []

    export["ledger"]["entries"][0]["body"]["number"] = "one"
    assert not SCHEMA.is_valid(export)


@pytest.mark.long
@pytest.mark.parametrize("make", [many_rounds, one_round])
def test_checking_is_linear(make: Callable[[int], Chronicle]) -> None:
    """60 µs an entry is the aim on a quiet machine; quadratic would be a hundred times that."""
    assert measured(make, 20_000) < 4 * measured(make, 1_000)


def test_the_page_and_the_schema_say_what_is_recorded() -> None:
    page = (ROOT / "docs/record.md").read_text()

    assert [type_ for type_ in (*BODIES, *LEAF_BODIES) if f"`{type_}`" not in page] == []
    assert json.loads((ROOT / "docs/record.schema.json").read_text()) == json_schema(), "run `make docs`"
