"""Whatever people write, our calendars stay what RFC 5545 allows, and say what was written."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beraad_meetings.storage.calendars.objects import Calendars, feed
from beraad_notifications.mail.calendar import invitation_calendar
from meetings.readers.strict import Component, Malformed, read_strictly
from meetings.reading import events_of
from meetings.test_calendars import the_reference_year
from meetings.vocabulary import a_meeting

HOSTILE = [
    "a\r\nATTENDEE:mailto:x@example.org",
    "a\rATTENDEE:x",
    "a\nEND:VEVENT\nBEGIN:VALARM",
    "a\\nATTENDEE:x",
    "a\x0bATTENDEE:x\x0cDTSTART:x",
    "a\x85ATTENDEE:x\u2028ATTENDEE:y\u2029ATTENDEE:z",
    "a\x00b\x1fc\x7fd",
    "a\u202eb\u2066c\u2069d",
    'semi;colon, comma \\ and "quotes": :;,',
    '";X-EVIL=1:mailto:x@example.org',
    "é" * 200,
    "😀👩‍👩‍👧" * 30,
    "word " * 39,
    "^n^'^^ RFC 6868",
    " begins and ends with spaces ",
    "Ethics BEGIN:VEVENT",
    "Ethics BEGIN:VEVENT\r\n",
    *("x" * length + "BEGIN:VEVENT.evil.example" for length in range(45, 62)),
]
UNSEEN = st.characters(codec="utf-8") | st.sampled_from(list('\r\n;:,\\"\x0b\x85\u2028\u202e\t^'))


TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def properties(component: Component) -> list[str]:
    return [one.name for one in component.properties]


def the_event(text: str) -> Component:
    (event,) = (one for one in read_strictly(text).components if one.name == "VEVENT")
    return event


def with_address(text: str, name: str, organizer: str = "Beraad", method: str = "REQUEST") -> str:
    return invitation_calendar(text, method, (organizer, "beraad@example.org"), (name, "anna@example.org"))


@pytest.mark.parametrize("said", HOSTILE)
def test_no_words_add_a_property(said: str) -> None:
    harmless = the_event(with_address(Calendars().meeting(a_meeting(title="x", place="y"), 0), "Anna"))
    event = the_event(with_address(Calendars().meeting(a_meeting(title=said, place=said), 0), said, said))
    assert properties(event) == properties(harmless)
    for one, other in zip(event.properties, harmless.properties, strict=True):
        assert one.parameters.keys() == other.parameters.keys()


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(said=st.text(UNSEEN, min_size=1, max_size=200))
def test_what_was_written_comes_back(said: str) -> None:
    """Without what cannot be seen: control characters, line ends of any kind, marks that turn the direction."""
    text = with_address(Calendars().meeting(a_meeting(title=said, place=said), 0), said)
    strict, read = the_event(text).one("SUMMARY"), events_of(text)[0]
    assert strict is not None
    assert strict.text == str(read["SUMMARY"])
    assert written(strict.text) == written(said)


def written(text: str) -> str:
    """What can be seen of it."""
    unseen = {"Cc", "Zl", "Zp", "Zs"}
    return "".join(c for c in text if unicodedata.category(c) not in unseen and c not in TURNING)


@pytest.mark.parametrize("said", ['semi;colon, comma \\ and "quotes": :;,', "é" * 200, "😀👩‍👩‍👧" * 30])
def test_what_can_be_seen_comes_back_as_it_was(said: str) -> None:
    event = the_event(Calendars().meeting(a_meeting(title=said, place=said), 0))
    for name in ("SUMMARY", "LOCATION"):
        found = event.one(name)
        assert found is not None
        assert found.text == said


def test_every_kind_of_calendar_is_strictly_right() -> None:
    series, meetings = the_reference_year()
    whole = Calendars().series(series, meetings)
    for text in (
        whole,
        feed("Ethics; a, b\r\nX:y", [(series, meetings)], [(a_meeting(), 3)]),
        with_address(whole, "Anna"),
        with_address(Calendars().meeting(meetings[2], 2), "Anna"),
        with_address(Calendars().meeting(meetings[4], 3), "Anna", method="CANCEL"),
    ):
        read_strictly(text)


RIGHT = Calendars().meeting(a_meeting(), 0)
WEEKLY = Calendars().series(*the_reference_year())


@pytest.mark.parametrize(
    "wrong",
    [
        RIGHT.replace("\r\n", "\n"),
        RIGHT.removesuffix("\r\n"),
        RIGHT.replace("SUMMARY:", "SUMMARY:" + "x" * 80),
        RIGHT.replace("SUMMARY:", "SUMMARY:a;b"),
        RIGHT.replace("SUMMARY:", "ATTENDEE:x\r\nSUMMARY:"),
        RIGHT.replace("SUMMARY:", "SUMMARY:x\r\nSUMMARY:"),
        RIGHT.replace("SUMMARY:", "SUMMARY:\x85"),
        RIGHT.replace("TZID:Europe/Brussels", "TZID:Europe/Paris"),
        RIGHT.replace("DTSTART;TZID=Europe/Brussels:2017", "DTSTART:2017"),
        RIGHT.replace("END:VEVENT", "RRULE:FREQ=DAILY;UNTIL=20170101\r\nEND:VEVENT"),
        RIGHT.replace("END:VEVENT\r\n", ""),
        RIGHT.replace("SEQUENCE:0\r\n", ""),
        RIGHT.replace("VERSION:2.0", "VERSION:1.0"),
        RIGHT.replace("T180000", "T250000"),
        RIGHT.replace("DTEND", "DURATION:PT1H\r\nDTEND"),
        RIGHT.replace("DTEND;TZID=Europe/Brussels:20170905T200000", "DURATION:PT2H"),
        WEEKLY.replace("DURATION:PT2H\r\n", ""),
        WEEKLY.replace("DURATION:PT2H", "DURATION:P1D"),
    ],
)
def test_what_is_wrong_is_found(wrong: str) -> None:
    assert wrong not in {RIGHT, WEEKLY}
    with pytest.raises(Malformed):
        read_strictly(wrong)
