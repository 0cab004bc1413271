import pytest

from beraad.record.reading import NotReadable, read_document


def test_a_document_is_read() -> None:
    assert read_document('{"a": [1, null, "é"], "b": {"a": true}}'.encode()) == {
        "a": [1, None, "é"],
        "b": {"a": True},
    }


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b'{"a": 1, "a": 1}',
        b'[{"b": {"a": 1, "a": 2}}]',
        b"1.5",
        b"1e400",
        b"-1E5",
        b"NaN",
        b"-Infinity",
        b"9" * 18,
        b"9" * 5000,
        b"\xff",
        b"\xef\xbb\xbf{}",
        '{"a": 1}'.encode("utf-16"),
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"a": 1} {}',
        b"'a'",
        b"[1,]",
    ],
    ids=lambda data: repr(data[:20]),
)
def test_what_readers_would_take_differently_is_refused(data: bytes) -> None:
    with pytest.raises(NotReadable):
        read_document(data)
