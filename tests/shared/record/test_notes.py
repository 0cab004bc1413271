"""Signed notes against the example of the form's own documentation, and against everything a note is not."""

from typing import Any

import pytest

from beraad.record.checkpoints import Checkpoint, read_checkpoint
from beraad.record.notes import (
    KeyIsMalformed,
    NoteIsMalformed,
    PublicKey,
    SignatureIsMissing,
    SignatureIsWrong,
    SigningKey,
    opened,
    sign,
)

# golang.org/x/mod/sumdb/note, the package's example
KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
NOTE = (
    TEXT
    + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
OURS = SigningKey.from_seed("beraad.example.org/groups/1", bytes(32))
THEIRS = SigningKey.from_seed("beraad.example.org/groups/1", bytes(range(32)))
SIGNED = sign("hello\n", OURS)


def test_the_known_example() -> None:
    assert opened(NOTE, PublicKey.parse(KEY)) == TEXT
    assert str(PublicKey.parse(KEY)) == KEY


def test_a_note_signed_twice_is_opened_by_either_key() -> None:
    note = sign("two lines\nof ünïcode\n", OURS, THEIRS)

    assert opened(note, OURS.public) == opened(note, THEIRS.public) == "two lines\nof ünïcode\n"


def test_an_empty_line_in_the_text_is_part_of_it() -> None:
    assert opened(sign("one\n\ntwo\n", OURS), OURS.public) == "one\n\ntwo\n"


def test_who_did_not_sign_is_missed() -> None:
    with pytest.raises(SignatureIsMissing):
        opened(SIGNED, THEIRS.public)
    with pytest.raises(SignatureIsMissing):
        opened(SIGNED, PublicKey("another name", OURS.public.raw))


@pytest.mark.parametrize(("before", "after"), [("hello", "hallo"), ("hello\n", "hello\n\n")])
def test_another_text_is_noticed(before: str, after: str) -> None:
    with pytest.raises(SignatureIsWrong):
        opened(SIGNED.replace(before, after, 1), OURS.public)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n",
        "hello\n",
        "hello\n\n",
        SIGNED[:-1],
        SIGNED + "\n",
        SIGNED + "— x\n",
        SIGNED.replace("—", "-"),
        SIGNED.replace("— ", "—"),
        SIGNED.replace("=\n", "\n"),
        SIGNED.replace("hello", "hel\tlo"),
        SIGNED.replace("hello", "hel\ud800lo"),
        "hello\n\n— x AAAA\n",
        "hello\n\n— x é\n",
        "hello\n\n— x+y AAAAAAAA\n",
    ],
)
def test_what_is_no_note_is_refused(note: str) -> None:
    with pytest.raises(NoteIsMalformed):
        opened(note, OURS.public)


@pytest.mark.parametrize("text", ["", "no newline", "a\ttab\n", "\ud800\n"])
def test_what_cannot_be_a_note_is_not_signed(text: str) -> None:
    with pytest.raises(NoteIsMalformed):
        sign(text, OURS)


def test_a_name_with_a_space_signs_nothing() -> None:
    with pytest.raises(NoteIsMalformed):
        sign("hello\n", SigningKey.from_seed("two words", bytes(32)))


@pytest.mark.parametrize(
    "key",
    [
        "",
        "name",
        "name+00000000+",
        KEY[:-1],
        KEY.replace("c74f20a3", "c74f20a4"),
        KEY.replace("c74f20a3", "C74F20A3"),
        KEY.replace("+ARp", "+AhP"),
        KEY.replace("PeterNeumann", "Peter Neumann"),
        KEY.replace("PeterNeumann", "Péter"),
        KEY.replace("PeterNeumann", "\ud800"),
        KEY + "=",
        KEY[:-4],
    ],
)
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(KeyIsMalformed):
        PublicKey.parse(key)


# -- checkpoints ---------------------------------------------------------------------------------------------------


def a_checkpoint(**changes: Any) -> Checkpoint:
    return Checkpoint(**{"origin": OURS.name, "size": 7, "root": bytes(range(32)), **changes})


def test_a_checkpoint_is_three_lines_and_a_signature() -> None:
    note = a_checkpoint().signed(OURS)

    assert note.split("\n")[:4] == [OURS.name, "7", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", ""]
    assert read_checkpoint(note, OURS.public) == a_checkpoint()


@pytest.mark.parametrize("origin", ["", "two\nlines"])
def test_an_origin_is_one_line(origin: str) -> None:
    with pytest.raises(NoteIsMalformed):
        a_checkpoint(origin=origin).signed(OURS)


@pytest.mark.parametrize(
    "text",
    [
        "origin\n7\n",
        "origin\n7\nAAAA\n",
        "origin\n07\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "origin\n-7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "origin\n٧\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "origin\n9999999999999999\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "origin\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\n",
        "origin\n7\né\n",
        "\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "origin\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\nmore\n",
        "origin\npromise\n1\n2\n",
    ],
)
def test_a_signed_note_that_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteIsMalformed):
        read_checkpoint(sign(text, OURS), OURS.public)
