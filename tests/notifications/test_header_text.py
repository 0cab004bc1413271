"""Nothing people write becomes a header of its own: thousands of payloads through the whole way of a mail."""

import base64
import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beraad_notifications.domain.header_text import header_text

LINE_ENDS = ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\0"]
INJECTED = ["Bcc: x@evil.test", "Subject: changed", "\r\n<p>body", "Content-Type: text/html"]
CHARSETS = [
    "utf-8",
    "iso-8859-1",
    "utf-7",
    "unicode_escape",
    "us-ascii",
    "no-such-charset",
    "utf-16",
    "punycode",
]


def quoted(text: str, charset: str) -> str:
    return f"=?{charset}?q?{''.join(f'={byte:02X}' for byte in text.encode())}?="


def encoded(text: str, charset: str) -> str:
    return f"=?{charset}?b?{base64.b64encode(text.encode()).decode()}?="


attacks = st.builds(
    lambda before, end, injected, after: before + end + injected + after,
    st.text(max_size=20),
    st.sampled_from(LINE_ENDS),
    st.sampled_from(INJECTED),
    st.text(max_size=20),
)
wrapped = st.recursive(
    attacks,
    lambda inner: st.builds(
        lambda text, charset, way: way(text, charset),
        st.builds(lambda t: t.encode("utf-8", "replace").decode(), inner),
        st.sampled_from(CHARSETS),
        st.sampled_from([quoted, encoded]),
    ),
    max_leaves=4,
)
payloads = st.one_of(attacks, wrapped, st.builds(lambda a, b: a + " " + b, wrapped, wrapped), st.text())


@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
@given(payloads)
def test_a_header_text_is_one_harmless_line(payload: str) -> None:
    text = header_text(payload)
    assert len(text.splitlines()) <= 1
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]|=\?", text)
    assert header_text(text) == text


def test_the_known_hole_of_the_standard_library_is_closed() -> None:
    assert header_text("=?utf-8?q?a=0D=0ABcc=3A_x=40evil?=") == "a Bcc: x@evil"
    assert header_text("Vergadering\r\nBcc: x@evil") == "Vergadering Bcc: x@evil"
    assert header_text("  Ethiek  en \t meer ") == "Ethiek en meer"
    assert header_text("é" * 300) == "é" * 200


def test_an_encoded_word_that_cannot_be_decoded_is_left_as_words() -> None:
    assert header_text("=?utf-8?b?YYYYY?=") == "= ?utf-8?b?YYYYY?="
