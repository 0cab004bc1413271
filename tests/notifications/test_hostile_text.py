"""What people write, at its worst: three thousand header payloads and five hundred texts through whole mails, always the same ones."""

import re
import sys
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from html.parser import HTMLParser
from itertools import islice, product

from icalendar import Calendar

from beraad.settings import Settings
from beraad_notifications.domain.catalogue import KINDS
from beraad_notifications.mail.message import Composer
from beraad_notifications.mail.samples import SAMPLES, sample_letter
from beraad_notifications.mail.templates import LANGUAGES
from beraad_notifications.mail.writing import Writer
from worlds.settings import some_settings

SETTINGS = some_settings("notifications", "sqlite://")
COMPOSER, WRITER = Composer(SETTINGS), Writer(SETTINGS)
ENDS = [
    "\r\n",
    "\n",
    "\r",
    "\n\r",
    "\r\n ",
    "\r\n\t",
    "\x0b",
    "\x0c",
    "\x1c",
    "\x1d",
    "\x1e",
    "\x85",
    "\u2028",
    "\u2029",
    "\0",
    "\x1b",
]
INJECTED = [
    "Bcc: x@evil.test",
    "To: x@evil.test",
    "Content-Type: text/html\r\n\r\n<b>",
    "--=_beraad\r\n\r\nx",
    "\r\n<p>body",
    "DTSTART:2017",
]
CHARSETS = [
    "utf-8",
    "UTF-8",
    "iso-8859-1",
    "us-ascii",
    "utf-7",
    "utf-16",
    "unicode_escape",
    "punycode",
    "hz",
    "no-such",
    "utf-8*en",
    "x" * 60,
]
NAMES = {
    *("from", "to", "subject", "date", "message-id", "in-reply-to", "references", "auto-submitted"),
    "content-language",
    *("x-beraad-kind", "x-beraad-event", "list-id", "list-unsubscribe", "list-unsubscribe-post"),
    *("mime-version", "content-type"),
}
FIELD = re.compile(rb"([!-9;-~]+): ([\x20-\x7e]*(?:\r\n[ \t][\x20-\x7e]*)*)\r\n")
"""A header field of RFC 5322, folded or not, in ASCII."""


def q(text: str, charset: str) -> str:
    return f"=?{charset}?q?{''.join(f'={byte:02X}' for byte in text.encode('utf-8', 'surrogatepass'))}?="


def b(text: str, charset: str) -> str:
    return f"=?{charset}?b?{b64encode(text.encode('utf-8', 'surrogatepass')).decode()}?="


def twice(text: str, charset: str) -> str:
    return q(b(text, charset), charset)


def thrice(text: str, charset: str) -> str:
    return b(twice(text, charset), charset)


def cut(text: str, charset: str) -> str:
    return q(text, charset)[:-2] + "\r\n ?="


def beside(text: str, charset: str) -> str:
    half = len(text) // 2
    return f"{q(text[:half], charset)}\r\n {b(text[half:], charset)}"


def parameter(text: str, charset: str) -> str:
    return f"a; name*0*={charset}''{''.join(f'%{byte:02X}' for byte in text.encode())}; name*1*=x"


def header_payloads() -> Iterator[str]:
    """3,000: line ends × what comes after them × how it is hidden; and odd ones."""
    yield from (
        "a" * 5000,
        '"' * 300,
        "<x@evil.test>, y@evil.test",
        "a\\",
        "x" * 70 + " =?",
        "=?" * 100,
        "\ud800\udfff",
        "é" * 400,
    )
    yield from (f"Anna{chr(code)}Bcc: x@evil.test" for code in (*range(0x20), *range(0x7F, 0xA0)))
    for way, charset, end, injected in product(
        (q, b, twice, thrice, cut, beside, parameter), CHARSETS, ENDS, INJECTED
    ):
        yield way(f"Anna{end}{injected}", charset)


HEADERS = list(islice(header_payloads(), 8 + 64))
HEADERS += list(header_payloads())[8 + 64 :: 2][: 3000 - len(HEADERS)]


def strict_fields(content: bytes) -> list[str]:
    """The names of the header's fields, by a reader that knows nothing of Python's. Fails where anything else stands there."""
    head, end, _ = content.partition(b"\r\n\r\n")
    assert end
    head += b"\r\n"
    assert FIELD.sub(b"", head) == b""
    return [name.decode().lower() for name, _ in FIELD.findall(head)]


def test_no_header_payload_adds_a_header_a_recipient_or_a_part() -> None:
    assert len(HEADERS) == len(set(HEADERS)) == 3000
    for number, payload in enumerate(HEADERS):
        letter = sample_letter("approval_granted", LANGUAGES[number % 4], title=payload[:200])
        recipient, content = COMPOSER.compose(replace(letter, name=payload, group_name=payload))
        assert recipient == "anna@example.org"
        names = strict_fields(content)
        assert set(names) == NAMES
        assert len(names) == len(NAMES)
        if number % 16:
            continue  # the standard library's reader is slow
        message = message_from_bytes(content, policy=policy.default)
        assert [name.lower() for name in message] == names
        assert [address.addr_spec for address in message["To"].addresses] == ["anna@example.org"]
        assert [address.addr_spec for address in message["From"].addresses] == [SETTINGS.smtp_sender]
        assert [part.get_content_type() for part in message.walk()] == [
            "multipart/alternative",
            "text/plain",
            "text/html",
        ]


def test_no_payload_adds_anything_to_the_calendar() -> None:
    for payload in HEADERS[::20]:
        letter = replace(sample_letter("meeting_invited", "en", title=payload[:200]), name=payload)
        composer = Composer(_named(payload))
        content = composer.compose(letter)[1]
        message = message_from_bytes(content, policy=policy.default)
        (part,) = [one for one in message.walk() if one.get_content_type() == "text/calendar"]
        text = part.get_content()
        lines = re.sub(r"\r?\n[ \t]", "", text).splitlines()
        assert sum(line.startswith("ATTENDEE") for line in lines) == 1
        assert sum(line.startswith("ORGANIZER") for line in lines) == 1
        assert not [line for line in lines if line.startswith(("DTSTART:2017\\", "Bcc", "To:", "Content"))]
        (event,) = Calendar.from_ical(text).walk("VEVENT")
        assert event["ATTENDEE"] == "mailto:anna@example.org"
        assert event["ORGANIZER"] == f"mailto:{SETTINGS.smtp_sender}"


def _named(payload: str) -> Settings:
    return replace(SETTINGS, organisation=payload)


def test_the_hole_of_older_interpreters_does_not_reach_us() -> None:
    """Python before 3.11.10 makes a line of its own of this; the header's lines are written by us, on any of them."""
    from email.message import EmailMessage

    payload = "=?utf-8?q?a=0D=0ABcc=3A_x=40evil.test?="
    theirs = EmailMessage(policy=policy.SMTP)
    theirs["Subject"] = payload
    holed = sys.version_info < (3, 11, 10)
    try:
        assert (b"\r\nBcc: x@evil.test" in theirs.as_bytes()) == holed
    except ValueError:
        assert not holed, "newer ones refuse to write it"
    ours = COMPOSER.compose(replace(sample_letter("proposal_opened", "en", title=payload), name=payload))[1]
    assert "bcc" not in strict_fields(ours)


# -- texts ---------------------------------------------------------------------------------------------------

SCRIPTS = [
    *(
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "</p></td></table><h1>x",
    ),
    *(
        "<iframe src=//evil.test>",
        "<a href='javascript:alert(1)'>x</a>",
        "<style>*{display:none}</style>",
        "<!--",
        "<![CDATA[",
    ),
    *(
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](JaVaScRiPt:alert(1))",
        "![x](https://evil.test/p.gif)",
    ),
    *(
        "[x](vbscript:x)",
        "[x]( javascript&colon;alert(1))",
        "<javascript:alert(1)>",
        "[a]: javascript:alert(1)\n\n[a]",
        "`</code><script>`",
    ),
    *(
        "{{ 7*7 }}",
        "{% for x in y %}",
        "{{ settings.secret_key }}",
        "{{ ''.__class__.__mro__ }}",
        "{# x #}",
        "${7*7}",
    ),
    *(
        '" onmouseover="alert(1)',
        "' onmouseover='alert(1)",
        "<form action=//evil.test><input name=p>",
        "<meta http-equiv=refresh content=0>",
    ),
    *(
        "\u202egnp.exe",
        "\u2066x\u2069",
        "\u200b\u200d\ufeff",
        "\0",
        "\x1b[31m",
        "\x07",
        "\x9b31m",
        "a\u0300" * 200,
        "\ud800",
    ),
    *(
        "=?utf-8?q?=0D=0Abcc:x?=",
        "\r\n.\r\nMAIL FROM:<x>",
        "\n\n--\nfoot",
        "# " * 300,
        ">" * 300,
        "* " * 300,
        "[" * 300,
        "x" * 20000,
    ),
]
AROUND = [
    "{}",
    "Dear {} all",
    "**{}**",
    "> {}",
    "- {}\n- b",
    "`{}`",
    "# {}",
    "[{}](https://ok.test)",
    "<b>{}</b>",
    "a\n\n{}\n\nb",
    "\u202e{}",
    "1. {}",
    "| {} |",
]
TEXTS = [around.replace("{}", text) for around, text in product(AROUND, SCRIPTS)][:500]
ALLOWED = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "table",
        "tbody",
        "tr",
        "td",
        "span",
        "div",
        "strong",
        "br",
        "p",
        "a",
    ),
    *("blockquote", "code", "em", "h4", "hr", "li", "ol", "pre", "ul", "del", "ins"),
}
ATTRIBUTES = {
    *(
        "lang",
        "charset",
        "name",
        "content",
        "class",
        "style",
        "role",
        "cellpadding",
        "cellspacing",
        "border",
        "align",
        "href",
    ),
    *("title", "rel"),
}
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class Reader(HTMLParser):
    """Notes what should not be there."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED:
            self.wrong.append(tag)
        for name, value in attrs:
            if name not in ATTRIBUTES:
                self.wrong.append(f"{tag} {name}")
            if name == "href" and not re.match(r"https?://|mailto:", value or ""):
                self.wrong.append(f"href {value}")

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"comment {data}")


PLAIN_FIELDS = {"title", "place", "online_link"}
LONG_FIELDS = {"text": 20000, "reason": 2000, "driver": 2000}


def test_what_people_write_is_inert_in_every_kind() -> None:
    assert len(TEXTS) == len(set(TEXTS)) == 500
    kinds = [kind for kind in KINDS if kind not in {"digest", "seat_vacated"}]
    for number, text in enumerate(TEXTS):
        for kind in (kinds[number % len(kinds)], kinds[(number * 7 + 3) % len(kinds)], "round_opened"):
            expect_inert(kind, LANGUAGES[number % 4], text)


def expect_inert(kind: str, language: str, text: str) -> None:
    sample = SAMPLES[kind]
    told: dict[str, object] = dict.fromkeys(PLAIN_FIELDS & sample.keys(), text[:200])
    told |= {name: text[: LONG_FIELDS[name]] for name in LONG_FIELDS.keys() & sample.keys()}
    if "questions" in sample:
        told["questions"] = [text[:200]]
    if "changes" in sample:
        told["changes"] = [{"kind": "added", "text": text}]
    letter = replace(sample_letter(kind, language, **told), name=text, group_name=text)
    written = WRITER.write(letter)
    reader = Reader()
    reader.feed(written.html)
    assert not reader.wrong, (kind, text[:100], reader.wrong)
    assert not CONTROL.search(written.text), (kind, text[:100])
    assert not CONTROL.search(written.subject)
    assert "49" not in written.subject or "49" in text
