"""A strict reading of iCalendar objects, written from the grammar of RFC 5545 (and RFC 7986 for feeds).

It accepts less than the libraries do: what it does not know is refused, so nothing slips in by a property or parameter.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

NAME = re.compile(r"[A-Z0-9-]+")
PARAMETER = re.compile(r';([A-Z-]+)=("[^"\x00-\x08\x0a-\x1f\x7f]*"|[^";:,\x00-\x08\x0a-\x1f\x7f]*)')
DATE_TIME = re.compile(r"\d{8}T\d{6}")
UTC_TIME = re.compile(r"\d{8}T\d{6}Z")
OFFSET = re.compile(r"[+-]\d{4}(\d\d)?")
TEXT = re.compile(r"(?:\\[\\;,nN]|[^\\;,\x00-\x08\x0a-\x1f\x7f])*")
UNSEEN = re.compile(r"[\x0b\x0c\x1c-\x1e\x85\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What ends a line in some readers, or turns it around."""
LONGEST = 75
ONE, MAY, ANY = (1, 1), (0, 1), (0, 10_000)
ALLOWED: dict[str, dict[str, tuple[int, int]]] = {
    "VCALENDAR": {
        "PRODID": ONE,
        "VERSION": ONE,
        "METHOD": ONE,
        "X-WR-CALNAME": MAY,
        "REFRESH-INTERVAL": MAY,
    },
    "VTIMEZONE": {"TZID": ONE},
    "STANDARD": {"DTSTART": ONE, "TZOFFSETFROM": ONE, "TZOFFSETTO": ONE, "TZNAME": MAY, "RRULE": MAY},
    "DAYLIGHT": {"DTSTART": ONE, "TZOFFSETFROM": ONE, "TZOFFSETTO": ONE, "TZNAME": MAY, "RRULE": MAY},
    "VEVENT": {
        "UID": ONE,
        "DTSTAMP": ONE,
        "DTSTART": ONE,
        "DTEND": MAY,
        "DURATION": MAY,
        "SEQUENCE": ONE,
        "SUMMARY": ONE,
        "LOCATION": MAY,
        "URL": MAY,
        "RRULE": MAY,
        "RECURRENCE-ID": MAY,
        "STATUS": MAY,
        "EXDATE": ANY,
        "ORGANIZER": MAY,
        "ATTENDEE": MAY,
    },
}
"""The properties we write, how often each may stand; what components may hold is in `INSIDE`."""
INSIDE = {"VCALENDAR": {"VTIMEZONE", "VEVENT"}, "VTIMEZONE": {"STANDARD", "DAYLIGHT"}}
PARAMETERS = {
    "DTSTART": {"TZID"},
    "DTEND": {"TZID"},
    "RECURRENCE-ID": {"TZID"},
    "EXDATE": {"TZID"},
    "REFRESH-INTERVAL": {"VALUE"},
    "ORGANIZER": {"CN"},
    "ATTENDEE": {"CN", "CUTYPE", "ROLE", "PARTSTAT", "RSVP"},
}


class Malformed(Exception):
    """The calendar is not what RFC 5545 allows, or more than we mean to write."""


@dataclass
class Property:
    name: str
    parameters: dict[str, str]
    value: str

    @property
    def text(self) -> str:
        """The value without its escapes."""
        return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], self.value)


@dataclass
class Component:
    name: str
    properties: list[Property] = field(default_factory=list)
    components: list["Component"] = field(default_factory=list)

    def one(self, name: str) -> Property | None:
        return next((one for one in self.properties if one.name == name), None)


def read_strictly(text: str) -> Component:
    """The calendar, or `Malformed` with what is wrong."""
    calendar = _components([_property(line) for line in _unfolded(text)])
    _check(calendar)
    zones = {zone.value for part in calendar.components if (zone := part.one("TZID"))}
    for event in (part for part in calendar.components if part.name == "VEVENT"):
        _check_event(event, zones)
    return calendar


def _unfolded(text: str) -> list[str]:
    refuse(not text.endswith("\r\n"), "the last line does not end in CRLF")
    physical = text.encode().split(b"\r\n")[:-1]
    lines: list[bytes] = []
    for line in physical:
        refuse(len(line) > LONGEST, f"longer than {LONGEST} octets: {line!r}")
        refuse(b"\r" in line or b"\n" in line, f"half of a line end: {line!r}")
        line.decode()  # a character that was split raises
        if line.startswith((b" ", b"\t")):
            refuse(not lines, "the first line is folded")
            lines[-1] += line[1:]
        else:
            lines.append(line)
    return [line.decode() for line in lines]


def _property(line: str) -> Property:
    refuse(UNSEEN.search(line), f"something unseen in {line!r}")
    name = NAME.match(line)
    refuse(name is None, f"no name: {line!r}")
    assert name is not None
    place, parameters = name.end(), {}
    while found := PARAMETER.match(line, place):
        refuse(found[1] in parameters, f"{found[1]} twice: {line!r}")
        parameters[found[1]] = found[2].strip('"')
        place = found.end()
    refuse(line[place : place + 1] != ":", f"no value: {line!r}")
    return Property(name[0], parameters, line[place + 1 :])


def _components(lines: list[Property]) -> Component:
    whole = Component("")
    open_ones = [whole]
    for line in lines:
        if line.name == "BEGIN":
            inner = Component(line.value)
            open_ones[-1].components.append(inner)
            open_ones.append(inner)
        elif line.name == "END":
            refuse(open_ones[-1].name != line.value, f"END:{line.value} ends {open_ones[-1].name}")
            refuse(len(open_ones) == 1, "an END without its BEGIN")
            open_ones.pop()
        else:
            refuse(len(open_ones) == 1, f"{line.name} outside of the calendar")
            open_ones[-1].properties.append(line)
    refuse(len(open_ones) != 1, f"{open_ones[-1].name} does not end")
    refuse([one.name for one in whole.components] != ["VCALENDAR"], "not one calendar")
    return whole.components[0]


def _check(component: Component) -> None:
    refuse(component.name not in ALLOWED, f"no {component.name} is expected")
    allowed = ALLOWED[component.name]
    counts = Counter(one.name for one in component.properties)
    for name, (least, most) in allowed.items():
        refuse(not least <= counts[name] <= most, f"{counts[name]} times {name} in {component.name}")
    for one in component.properties:
        refuse(one.name not in allowed, f"{one.name} in {component.name}")
        unknown = one.parameters.keys() - PARAMETERS.get(one.name, set())
        refuse(unknown, f"parameters {unknown} of {one.name}")
        refuse(not _value_fits(one), f"{one.name} is {one.value!r}")
    for inner in component.components:
        refuse(inner.name not in INSIDE.get(component.name, ()), f"{inner.name} in {component.name}")
        _check(inner)
    refuse(component.name == "VTIMEZONE" and not component.components, "a zone without observance")


def _value_fits(one: Property) -> bool:
    if one.name in {"DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE"}:
        shape = DATE_TIME if "TZID" in one.parameters or not one.value.endswith("Z") else UTC_TIME
        return all(_is_time(shape, value) for value in one.value.split(","))
    shapes = {
        "DTSTAMP": UTC_TIME,
        "SEQUENCE": re.compile(r"\d+"),
        "TZOFFSETFROM": OFFSET,
        "TZOFFSETTO": OFFSET,
        "VERSION": re.compile(r"2\.0"),
        "METHOD": re.compile("PUBLISH|REQUEST|CANCEL"),
        "STATUS": re.compile("CONFIRMED|CANCELLED"),
        "REFRESH-INTERVAL": re.compile(r"P(T\d+H|\d+D)"),
        "DURATION": re.compile(r"PT(\d+H)?(\d+M)?(?<!T)"),
        "URL": re.compile(r"[a-z]+:[!-~]+"),
        "ORGANIZER": re.compile(r"mailto:\S+@\S+"),
        "ATTENDEE": re.compile(r"mailto:\S+@\S+"),
        "RRULE": re.compile(r"FREQ=[A-Z]+(;[A-Z]+=[A-Z0-9,+-]+)*"),
    }
    return shapes.get(one.name, TEXT).fullmatch(one.value) is not None


def _is_time(shape: re.Pattern[str], value: str) -> bool:
    try:
        datetime.strptime(value[:15], "%Y%m%dT%H%M%S")  # noqa: DTZ007 - a wall clock
    except ValueError:
        return False
    return shape.fullmatch(value) is not None


def _check_event(event: Component, zones: set[str]) -> None:
    for one in event.properties:
        zone = one.parameters.get("TZID")
        refuse(zone is not None and zone not in zones, f"the zone {zone} is not described")
        local = one.name in {"DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE"} and not one.value.endswith("Z")
        refuse(local and zone is None, f"{one.name} floats")
    rule, original = event.one("RRULE"), event.one("RECURRENCE-ID")
    refuse(rule and original, "an occurrence with a rule")
    refuse(event.one("EXDATE") and not rule, "excluded dates without a rule")
    lasting = event.one("DURATION")
    refuse((lasting is None) == (event.one("DTEND") is None), "either an end or a duration")
    refuse(lasting and not rule, "only a rule has a duration")
    if rule and (until := re.search(r"UNTIL=([^;]+)", rule.value)):
        refuse(not UTC_TIME.fullmatch(until[1]), f"UNTIL is {until[1]}")


def refuse(wrong: object, what: str) -> None:
    """Raise `Malformed` where it is wrong."""
    if wrong:
        raise Malformed(what)
