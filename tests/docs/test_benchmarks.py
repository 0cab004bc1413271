"""The published figures are those of their rounds, and the page is theirs."""

import json
from statistics import median
from typing import Any

import pytest
from benchmarks.report import MADE_FROM, PAGE, PICTURE, RESULTS, SECTIONS, page

FIGURES: dict[str, dict[str, Any]] = json.loads(RESULTS.read_text())
MESSAGING = {
    "relay_vs_raw_pika",
    "relay_vs_faststream",
    "relay_vs_aio_pika",
    "relay_vs_celery",
    "consumer_vs_faststream",
    "consumer_vs_nameko",
    "consumer_vs_celery",
    "consumer_vs_nameko_tuned",
    "consumer_vs_celery_tuned",
    "consumer_vs_bare_kombu",
    "consumer_batch_vs_single",
    "applied_p50_ms_loaded",
    "applied_p50_ms_idle",
    "takeover_seconds",
}
SELECTION = set(SECTIONS["Preparing a draw"])
MAIL = set(SECTIONS["Sending mail"])
RESPONSE = (
    {name for names in SECTIONS.values() for name in names} - {"verify_us_per_entry"} - SELECTION - MAIL
)


def test_everything_promised_is_published_in_five_rounds_or_more() -> None:
    assert set(FIGURES) >= MESSAGING
    assert all(len(FIGURES[name]["rounds"]) >= 5 for name in MESSAGING)


def test_the_figures_of_responses_are_published_together_of_three_rounds_or_more() -> None:
    there = RESPONSE & set(FIGURES)
    assert there in (set(), RESPONSE)
    assert all(len(FIGURES[name]["rounds"]) >= 3 for name in there)


def test_the_figures_of_selection_are_published_for_every_pool_of_three_rounds_or_more() -> None:
    there = SELECTION & set(FIGURES)
    assert not there or there >= {name for name in SELECTION if "_speed_" in name}
    assert all(len(FIGURES[name]["rounds"]) >= 3 for name in there)


def test_the_figures_of_mail_are_published_together_of_three_rounds_or_more() -> None:
    there = MAIL & set(FIGURES)
    assert there in (set(), MAIL)
    assert all(len(FIGURES[name]["rounds"]) >= 3 for name in there)


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_follows_from_its_rounds(name: str) -> None:
    figure = FIGURES[name]
    middle = median(figure["rounds"])
    assert figure["median"] == pytest.approx(middle, abs=0.001)
    assert figure["spread"] == pytest.approx(
        (max(figure["rounds"]) - min(figure["rounds"])) / middle, abs=0.01
    )
    if "target" in figure:
        direction, goal = figure["target"].rsplit(" ", 1)
        assert figure["met"] == (middle >= float(goal) if direction == "at least" else middle <= float(goal))


@pytest.mark.parametrize("name", [name for name in FIGURES if "_vs_" in name])
def test_a_ratio_is_of_two_figures_of_its_round(name: str) -> None:
    (made_from,) = (FIGURES[name][what] for what in MADE_FROM if what in FIGURES[name])
    ratios = [ours / theirs for ours, theirs in zip(made_from["ours"], made_from["theirs"], strict=True)]
    assert FIGURES[name]["rounds"] == pytest.approx(ratios, rel=0.01)


def test_the_page_and_the_picture_are_of_these_figures() -> None:
    assert PAGE.read_text() == page(FIGURES)
    assert "relay" in PICTURE.read_text()
