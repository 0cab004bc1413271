"""Every kind speaks every language, in text and in HTML, about everything its event can say."""

import re
import string
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from beraad.contracts.deliberation import NO_DECISION
from beraad_notifications.api.unsubscribe_page import WORDS
from beraad_notifications.domain.catalogue import DIGEST, KINDS, OPTIONAL_KINDS
from beraad_notifications.mail import templates
from beraad_notifications.mail.samples import ID, SAMPLES, sample_letter
from beraad_notifications.mail.templates import FOLDER, LANGUAGES, LAYOUT, IncompleteTemplate, template_of
from beraad_notifications.mail.wording import de
from beraad_notifications.mail.writing import Writer, Written
from worlds.settings import some_settings

WRITER = Writer(some_settings("notifications", "sqlite://"))
OUTCOMES = {
    "round_closed": ["adopted", "awaiting_approval", "integrating", "deadlocked", "lapsed"],
    "vote_closed": ["adopted", "awaiting_approval", "rejected"],
}
BARE = {
    "seat_filled": {"ends_on": None},
    "proposal_opened": {"driver": ""},
    "approval_returned": {"with_changes": True},
    "decision_in_force": {"review_on": None},
    "review_due": {"questions": []},
    "meeting_invited": {"place": "", "online_link": "", "recurrence": "", "role": "expert"},
    "meeting_moved": {"place": "", "online_link": "", "previous_starts_at": None},
    "meeting_updated": {"place": "", "online_link": ""},
    "meeting_uninvited": {"place": "", "online_link": "", "role": "guest"},
    "meeting_cancelled": {"place": "", "online_link": ""},
    "meeting_reminder": {"place": "", "online_link": ""},
    "registration_confirmed": {"place": "", "online_link": ""},
    "registration_waitlisted": {"place": "", "online_link": ""},
    "registration_rescheduled": {"place": "", "online_link": "", "reason": "The room is taken."},
    "registration_lapsed": {"place": "", "online_link": "", "reason": ""},
    "poll_opened": {"place": "", "slot_starts": ["2017-09-19T16:00:00Z"] * 12},
}
ALL: dict[str, object] = {"meeting_id": None, "reason": "The room is *taken*."}
LAST: dict[str, object] = {"last_starts_at": "2018-01-02T17:00:00Z"}
HOURS: dict[str, object] = {
    "previous_starts_at": "2017-09-05T15:00:00Z",
    "previous_ends_at": "2017-09-05T17:00:00Z",
}
SERIES: list[tuple[str, dict[str, object]]] = [
    ("meeting_moved", {**ALL, **HOURS}),
    ("meeting_moved", {**ALL, "previous_starts_at": None}),
    ("meeting_updated", ALL),
    ("meeting_updated", {**ALL, **LAST}),
    ("meeting_uninvited", ALL),
    ("meeting_cancelled", ALL),
    ("meeting_cancelled", {**ALL, **LAST, "method": "REQUEST"}),
]
VARIANTS = [
    *((kind, {}) for kind in KINDS),
    *((kind, {"outcome": outcome}) for kind, outcomes in OUTCOMES.items() for outcome in outcomes),
    *BARE.items(),
    *SERIES,
]


def check(written: Written) -> None:
    for part in (written.subject, written.text, written.html):
        assert part.strip()
        assert not re.search(r"\{[{%#]|[%#}]\}|\bNone\b|UUID\(|datetime\.", part)
    assert "\n" not in written.subject
    assert "\n\n\n" not in written.text
    assert "http" in written.text
    for before, line in pairwise(filter(None, written.text.splitlines())):
        assert not line.startswith("http") or before.endswith(":"), "what is behind the address is said"
    assert re.search('class="button"|<li><a href', written.html)
    assert "<script" not in written.html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "told"), VARIANTS, ids=str)
def test_every_mail_can_be_written(kind: str, told: dict[str, object], language: str) -> None:
    written = WRITER.write(sample_letter(kind, language, **told))
    check(written)
    assert f'lang="{language}"' in written.html
    assert (kind == "sign_in_link") == ("unsubscribe" not in written.text)


def test_there_is_a_folder_for_every_kind_and_no_other() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {*KINDS, LAYOUT}
    assert set(SAMPLES) == set(KINDS)
    for kind in KINDS:
        assert {path.name for path in (FOLDER / kind).iterdir()} == {
            f"{language}.{part}" for language in LANGUAGES for part in ("txt", "html")
        }


def test_the_languages_say_different_things() -> None:
    for kind in KINDS:
        texts = {(FOLDER / kind / f"{language}.txt").read_text() for language in LANGUAGES}
        assert len(texts) == len(LANGUAGES)


def test_an_incomplete_template_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "FOLDER", tmp_path)
    template_of.cache_clear()
    (tmp_path / "greeting").mkdir()
    with pytest.raises(IncompleteTemplate, match="missing"):
        template_of("greeting", "nl")
    (tmp_path / "greeting" / "nl.txt").write_text("Subject: Dag\n\nDag!")
    with pytest.raises(IncompleteTemplate, match="begins with"):
        template_of("greeting", "nl")


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_approves_with_another_text_agrees_in_both_parts(language: str) -> None:
    agreed, returned = (
        WRITER.write(sample_letter("approval_returned", language, with_changes=so)) for so in (True, False)
    )
    assert agreed.text != returned.text
    assert agreed.html != returned.html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_subject_reveals_neither_response_nor_objection(language: str) -> None:
    forbidden = re.compile(
        r"objecti|bezwa|consent with|aangenomen|adopt|verworpen|reject|rejet|refus|geweiger", re.IGNORECASE
    )
    for kind in ("objection_raised", "round_opened", "approval_refused"):
        assert not forbidden.search(WRITER.write(sample_letter(kind, language)).subject)
    for kind, outcomes in OUTCOMES.items():
        subjects = {
            WRITER.write(sample_letter(kind, language, outcome=outcome)).subject for outcome in outcomes
        }
        assert len(subjects) == 1
        assert not forbidden.search(subjects.pop())


@pytest.mark.parametrize("language", sorted(WORDS))
def test_the_page_of_the_unsubscribe_link_names_every_kind(language: str) -> None:
    assert set(WORDS[language]["kinds"]) == {*OPTIONAL_KINDS, DIGEST.name}
    assert WORDS[language].keys() == WORDS["en"].keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_changed_is_told_to_those_who_answered_about_the_version_before(language: str) -> None:
    def has_changes(answered_ids: list[str] | None) -> tuple[bool, bool]:
        written = WRITER.write(sample_letter("round_opened", language, answered_ids=answered_ids))
        assert "readable for everyone" in written.text
        return "twenty" in written.text, "<del>twenty</del>" in written.html

    assert has_changes([ID]) == (True, True)
    assert has_changes([str(UUID(int=7))]) == (False, False)
    assert has_changes([]) == (False, False)
    assert has_changes(None) == (True, True), "as where it is not known who did"


@pytest.mark.parametrize("first", [0, 1])
def test_what_changed_is_told_to_each_of_those_who_are_written_to_one_after_the_other(first: int) -> None:
    """The event is read once for all of them."""
    letter = sample_letter("round_opened", "en")
    other = replace(letter, claim=replace(letter.claim, person_id=UUID(int=7)))
    writer = Writer(some_settings("notifications", "sqlite://"))
    for one in (letter, other, letter)[first:]:
        assert ("twenty" in writer.write(one).text) is (one is letter)


def test_a_round_that_was_told_by_an_earlier_release_tells_everybody_what_changed() -> None:
    letter = sample_letter("round_opened", "en")
    told = {name: value for name, value in letter.told.items() if name != "answered_ids"}
    assert "twenty" in WRITER.write(replace(letter, told=told)).text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "place"), [("round_reminder", "rounds"), ("vote_reminder", "votes")])
def test_a_reminder_leads_to_where_one_answers_and_says_until_when(
    kind: str, place: str, language: str
) -> None:
    written = WRITER.write(sample_letter(kind, language))
    for content in (written.text, written.html):
        assert f"/deliberation/v1/{place}/{ID}" in content
        assert "2017" in content


def test_what_people_write_is_shown_and_does_nothing() -> None:
    text = "Read **this** <script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>\n\n# Big"
    written = WRITER.write(sample_letter("round_opened", "en", text=text, title="<b>bold</b> & co"))
    assert "<strong>this</strong>" in written.html
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; co" in written.html
    assert "<h4>Big</h4>" in written.html
    assert not re.search(r"<script|<img|href=\"javascript|<b>", written.html)
    assert "<b>bold</b> & co" in written.text


def test_a_series_that_moves_tells_from_when_to_when_and_why() -> None:
    told = {**ALL, **HOURS}
    dutch = WRITER.write(sample_letter("meeting_moved", "nl", **told))
    assert "Was:    dinsdag 5 september 2017 om 17:00, tot 19:00" in dutch.text
    assert "Nu:     dinsdag 5 september 2017 om 18:00, tot 20:00" in dutch.text
    assert "| The room is *taken*." in dutch.text
    assert "<em>taken</em>" in dutch.html
    french = WRITER.write(sample_letter("meeting_moved", "fr", **told))
    assert "Avant\u202f:      mardi 5 septembre 2017 à 17:00, jusqu’à 19:00" in french.text
    assert "le calendrier joint contient toutes les dates" in french.text


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.event.startswith("meetings.")])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_meeting_that_is_called_like_its_group_says_it_once(kind: str, language: str) -> None:
    letter = sample_letter(kind, language, title="Financial information")
    written = WRITER.write(letter)
    check(written)
    assert written.subject.count("Financial information") == 1
    assert written.subject[0] not in string.ascii_lowercase
    assert not re.search(r"Financial information\W+\w+\W+Financial", written.text)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Spokespersons", "de Spokespersons"),
        ("IT tools", "d’IT tools"),
        ("Économie", "d’Économie"),
        ("Le groupe éthique", "du groupe éthique"),
        ("Les Amis", "des Amis"),
        ("Le", "de Le"),
    ],
)
def test_names_are_elided_in_french(name: str, told: str) -> None:
    assert de(name) == told
    letter = replace(sample_letter("group_ended", "fr"), group_name=name)
    assert f"Le mandat {told} a pris fin" in WRITER.write(letter).text


def test_who_waits_for_a_meeting_that_moves_is_told_from_when_to_when() -> None:
    dutch = WRITER.write(sample_letter("registration_rescheduled", "nl", reason="The room is *taken*."))
    assert "Was:    dinsdag 29 augustus 2017 om 18:00, tot 20:00" in dutch.text
    assert "Nu:     dinsdag 5 september 2017 om 18:00, tot 20:00" in dutch.text
    assert "| The room is *taken*." in dutch.text
    assert "Je houdt je plaats op de wachtlijst." in dutch.text


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("nl", "dinsdag 5 september 2017 om 18:00, tot donderdag 7 september 2017 om 16:00"),
        ("fr", "mardi 5 septembre 2017 à 18:00, jusqu’au jeudi 7 septembre 2017 à 16:00"),
        ("en", "Tuesday 5 September 2017 at 18:00, until Thursday 7 September 2017 at 16:00"),
        ("de", "Dienstag, 5. September 2017, um 18:00 Uhr, bis Donnerstag, 7. September 2017, um 16:00 Uhr"),
    ],
)
def test_what_ends_on_another_day_tells_which(language: str, told: str) -> None:
    for kind in ("meeting_invited", "meeting_reminder"):
        written = WRITER.write(sample_letter(kind, language, ends_at="2017-09-07T14:00:00Z"))
        assert told in written.text
        assert told in written.html


def test_a_series_that_ends_earlier_tells_its_last_meeting_and_the_first_that_is_not() -> None:
    written = WRITER.write(sample_letter("meeting_cancelled", "en", **ALL, **LAST))
    assert written.subject == "Financial information: Monthly meeting ends earlier"
    assert "the last one is that of Tuesday 2 January 2018 at 18:00" in written.text
    assert "Those from Tuesday 5 September 2017 at 18:00 on will not take place." in written.text
    whole = WRITER.write(sample_letter("meeting_cancelled", "en", **ALL))
    assert "will not take place, from Tuesday 5 September 2017 at 18:00 on" in whole.text


def test_dates_are_told_in_the_words_and_the_zone_of_the_reader() -> None:
    from dataclasses import replace

    letter = sample_letter("meeting_invited", "nl")
    assert "dinsdag 5 september 2017 om 18:00, tot 20:00" in WRITER.write(letter).text
    assert "mardi 5 septembre 2017 à 18:00" in WRITER.write(replace(letter, language="fr")).text
    far = WRITER.write(replace(letter, language="en", time_zone="America/New_York"))
    assert "Tuesday 5 September 2017 at 12:00 (New York)" in far.text


def test_an_unknown_language_is_the_organisations() -> None:
    assert "Hello Anna Peeters" in WRITER.write(sample_letter("round_opened", "it")).text


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("nl", "afgesproken in een vergadering"),
        ("fr", "lors d’une réunion"),
        ("en", "agreed in a meeting"),
        ("de", "bei einem Treffen"),
    ],
)
def test_a_task_that_minutes_agreed_on_leads_to_them(language: str, says: str) -> None:
    minutes, meeting = str(uuid4()), str(uuid4())
    told = {"decision_id": str(NO_DECISION), "minutes_id": minutes, "meeting_id": meeting}
    written = WRITER.write(sample_letter("task_assigned", language, **told))
    check(written)
    assert says in written.text
    assert f"/meetings/v1/meetings/{meeting}/minutes" in written.text
    assert says in written.html
