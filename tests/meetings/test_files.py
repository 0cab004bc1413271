"""Files on agenda items and minutes: what is kept, under which name, and who reads it."""

import io
import struct
import tracemalloc
import zipfile
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

import pytest
from werkzeug.exceptions import ServiceUnavailable

from beraad.domain import InvalidRequest
from beraad_meetings.api.receiving import arriving, media_type_of
from beraad_meetings.domain.files import (
    CHUNK,
    LARGEST,
    MOST_PARTS,
    TYPES,
    FileHasTooManyParts,
    FileTypeNotAccepted,
    harmless_name,
    name_in_ascii,
)
from meetings.vocabulary import Circle, a_circle
from worlds.callers import Caller, ok, problem
from worlds.races import at_once
from worlds.served import served
from worlds.world import WorldMaker

PDF = b"%PDF-1.7\n" + b"x" * 100


@pytest.fixture
def circle(a_world: WorldMaker) -> Circle:
    return a_circle(a_world("meetings"))


def packed(**files: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/").replace("TYPES", "[Content_Types].xml"), text)
    return content.getvalue()


def damaged(archive: bytes) -> bytes:
    """The same, what is packed first being compressed and then overwritten."""
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as whole,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as again,
    ):
        again.writestr("mimetype", whole.read("mimetype"))
    written = bytearray(content.getvalue())
    begins = 30 + len("mimetype")
    written[begins : begins + 4] = b"\xff\xff\xff\xff"
    return bytes(written)


WORD = packed(TYPES="<Types/>", word__document="<w/>")
ACCEPTED = {
    "pdf": PDF,
    "png": b"\x89PNG\r\n\x1a\n" + b"\0" * 20,
    "jpg": b"\xff\xd8\xff\xe0" + b"\0" * 20,
    "docx": WORD,
    "xlsx": packed(TYPES="<Types/>", xl__workbook="<w/>"),
    "pptx": packed(TYPES="<Types/>", ppt__presentation="<w/>"),
    "odt": packed(mimetype=TYPES["odt"], content="<office/>"),
    "ods": packed(mimetype=TYPES["ods"], content="<office/>"),
    "txt": "Één brood".encode(),
    "csv": b"name,amount\nbread,2\n",
}
REFUSED = {
    "program": b"MZ\x90\x00" + b"\0" * 60,
    "elf": b"\x7fELF" + b"\0" * 60,
    "macros": packed(**{"TYPES": "<Types/>", "word__document": "<w/>", "word__vbaProject.bin": "x"}),
    "basic": packed(mimetype=TYPES["odt"], **{"Basic__Standard__Module1.xml": "x"}),
    "macro sheet": packed(TYPES="<Types/>", xl__workbook="<w/>", xl__macrosheets__sheet1="x"),
    "java": packed(mimetype=TYPES["odt"], **{"Object__Main.class": "x"}),
    "damaged": damaged(packed(mimetype=TYPES["odt"])),
    "archive": packed(notes="hello"),
    "broken archive": WORD[:40],
    "other document": packed(mimetype="application/epub+zip"),
    "latin": "é".encode("latin-1"),
    "control characters": b"hello\x07",
    "nul": b"hello\0",
    "long type": packed(mimetype="x" * 200),
}


@pytest.mark.parametrize("ending", ACCEPTED)
def test_a_file_is_told_by_what_is_in_it(ending: str) -> None:
    assert media_type_of(io.BytesIO(ACCEPTED[ending]), f"x.{ending}") == TYPES[ending]


@pytest.mark.parametrize("what", REFUSED)
def test_whatever_it_is_called_other_content_is_refused(what: str) -> None:
    with pytest.raises(FileTypeNotAccepted):
        media_type_of(io.BytesIO(REFUSED[what]), "charter.pdf")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("charter.pdf", "charter.pdf"),
        ("charter.PDF", "charter.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\evil\\charter.exe", "charter.pdf"),
        ("a\u202efdp.exe", "afdp.pdf"),
        ("a:b?c.pdf", "abc.pdf"),
        ("Één  brood.pdf", "Één brood.pdf"),
        (".pdf", "pdf.pdf"),
        ("x" * 300 + ".pdf", "x" * 120 + ".pdf"),
        ("file", "file.pdf"),
        ("a\uff0fb\uff1ac\uff02.pdf", "bc.pdf"),
        ("a\u2047b.pdf", "ab.pdf"),
    ],
)
def test_a_name_is_made_harmless(given: str, kept: str) -> None:
    assert harmless_name(given, "application/pdf") == kept


@pytest.mark.parametrize("given", ["...", "?", ".", " ", "\u2026\uff0e"])
def test_a_name_of_nothing_is_refused(given: str) -> None:
    with pytest.raises(InvalidRequest):
        harmless_name(given, "application/pdf")


@pytest.mark.parametrize(
    ("name", "plain"),
    [("Één brood.pdf", "Een brood.pdf"), ("a\u226eb\uff0fc.pdf", "abc.pdf"), ("面", "file")],
)
def test_what_is_left_of_a_name_in_ascii_is_harmless_too(name: str, plain: str) -> None:
    assert name_in_ascii(name) == plain


def listing(document: bytes, times: int) -> bytes:
    """The document, whose list of what is packed in it has each entry so many times; it is told only once."""
    size, began = struct.unpack("<II", document[-10:-2])
    listed = document[began : began + size] * times
    end = bytearray(document[-22:])
    end[12:16] = struct.pack("<I", len(listed))
    return document[:began] + listed + bytes(end)


def test_a_document_of_very_many_parts_is_refused_before_they_are_listed(circle: Circle) -> None:
    item = circle.item(circle.meeting(), "Charter")
    entries = 2
    most = listing(WORD, MOST_PARTS // entries)
    assert media_type_of(io.BytesIO(most), "x.docx") == TYPES["docx"]
    many = listing(WORD, 200_000 // entries)
    large = io.BytesIO(many[:LARGEST])
    tracemalloc.start()
    with pytest.raises(FileHasTooManyParts):
        media_type_of(large, "x.docx")
    assert tracemalloc.get_traced_memory()[1] < 1024 * 1024
    tracemalloc.stop()
    problem(post(circle, item, listing(WORD, MOST_PARTS), name="x.docx"), 409, "FileHasTooManyParts")


def post(circle: Circle, item: dict[str, Any], content: bytes = PDF, **query: Any) -> Any:
    path = f"/v1/agenda-items/{item['id']}/files"
    return circle.facilitator.post(path, data=content, query_string={"name": "charter.pdf", **query})


def test_a_file_is_kept_with_an_agenda_item_and_comes_back_as_it_was(circle: Circle) -> None:
    meeting = circle.meeting()
    item = circle.item(meeting, "Charter")
    content = PDF + bytes(range(256)) * 3 * 1024
    assert len(content) > 2 * CHUNK

    answer = post(circle, item, content, name="Charte « été ».pdf")

    file = ok(answer, 201)
    assert answer.headers["Location"] == f"/v1/files/{file['id']}"
    assert (file["media_type"], file["size"], file["sha256"]) == (
        "application/pdf",
        len(content),
        sha256(content).hexdigest(),
    )
    (shown,) = ok(circle.member.get(f"/v1/meetings/{meeting['id']}"))["agenda"][0]["files"]
    assert shown == file
    read = circle.member.get(f"/v1/files/{file['id']}")
    assert read.get_data() == content
    assert read.headers["Content-Length"] == str(len(content))
    assert read.headers["Content-Disposition"].startswith("attachment; ")
    assert "filename*=UTF-8''Charte%20%C2%AB%20%C3%A9t%C3%A9" in read.headers["Content-Disposition"]
    assert read.headers["X-Content-Type-Options"] == "nosniff"
    assert read.headers["ETag"] == f'"{file["sha256"]}"'
    again = circle.member.get(f"/v1/files/{file['id']}", if_none_match=read.headers["ETag"])
    assert (again.status_code, again.get_data()) == (304, b"")


def test_a_file_is_read_a_chunk_at_a_time(circle: Circle) -> None:
    item = circle.item(circle.meeting(), "Charter")
    file = ok(post(circle, item, PDF + b"x" * 2 * CHUNK), 201)
    with circle.world.counting_statements() as sent:
        assert len(circle.member.get(f"/v1/files/{file['id']}").get_data()) == file["size"]
    assert sum("FROM file_chunks" in statement for statement in sent) == 3


def test_ten_mebibytes_are_kept_and_a_byte_more_is_cut_off(circle: Circle) -> None:
    item = circle.item(circle.meeting(), "Charter")
    whole = PDF + b"x" * (LARGEST - len(PDF))
    assert ok(post(circle, item, whole), 201)["size"] == LARGEST
    problem(post(circle, item, whole + b"x"), 413, "BodyTooLarge")
    unannounced = circle.facilitator.post(
        f"/v1/agenda-items/{item['id']}/files",
        data=whole + b"x",
        environ_overrides={"CONTENT_LENGTH": "", "wsgi.input_terminated": True},
    )
    problem(unannounced, 413, "BodyTooLarge")


def test_over_a_real_connection_whole_files_are_kept_and_no_other(circle: Circle, tmp_path: Path) -> None:
    meeting = circle.meeting()
    path = f"/v1/agenda-items/{circle.item(meeting, 'Charter')['id']}/files?name=charter.pdf"
    whole = PDF + b"x" * (LARGEST - len(PDF))
    with served(circle.world, tmp_path) as server:

        def sent(content: bytes, **headers: object) -> bytes:
            return server.send(circle.facilitator, path, content, **headers)[:12]

        assert sent(PDF, content_length=100_000) == b"HTTP/1.1 400"
        assert sent(b"", content_length=1) == b"HTTP/1.1 400"
        assert sent(b"1000\r\n" + PDF, transfer_encoding="chunked") == b"HTTP/1.1 400"
        assert sent(b"5\r\n" + PDF, transfer_encoding="chunked") == b"HTTP/1.1 400"
        assert files(circle, meeting) == []
        assert sent(whole, content_length=LARGEST) == b"HTTP/1.1 201"
        assert sent(chunked(whole), transfer_encoding="chunked") == b"HTTP/1.1 201"
        assert sent(b"", content_length=LARGEST + 1) == b"HTTP/1.1 413"
        assert sent(chunked(whole + b"x"), transfer_encoding="chunked") == b"HTTP/1.1 413"
    assert [file["size"] for file in files(circle, meeting)] == [LARGEST, LARGEST]


def files(circle: Circle, meeting: dict[str, Any]) -> Any:
    (shown,) = ok(circle.facilitator.get(f"/v1/meetings/{meeting['id']}"))["agenda"]
    return shown["files"]


def chunked(content: bytes) -> bytes:
    return b"%x\r\n%b\r\n0\r\n\r\n" % (len(content), content)


def test_what_is_sent_otherwise_is_refused_clearly(circle: Circle) -> None:
    item = circle.item(circle.meeting(), "Charter")
    problem(post(circle, item, b""), 409, "FileIsEmpty")
    problem(post(circle, item, REFUSED["program"]), 409, "FileTypeNotAccepted")
    problem(post(circle, item, name="a\nb"), 422, "InvalidRequest")
    keyed = circle.facilitator.post(
        f"/v1/agenda-items/{item['id']}/files?name=x", data=PDF, idempotency_key="k"
    )
    problem(keyed, 422, "InvalidRequest")
    problem(post(circle, {"id": uuid4()}), 404, "NotFound")
    same = str(uuid4())
    ok(post(circle, item, id=same), 201)
    problem(post(circle, item, id=same), 409, "ConflictingWrite")


class TooLate(io.RawIOBase):
    """A body that stops coming, as a `Peer` tells it."""

    def readable(self) -> bool:
        return True

    def readinto(self, _buffer: Any) -> int:
        raise TimeoutError


@pytest.mark.parametrize("length", ["100", ""])
def test_a_file_that_does_not_come_in_time_is_refused(circle: Circle, length: str) -> None:
    item = circle.item(circle.meeting(), "Charter")
    sent = {"wsgi.input": TooLate(), "CONTENT_LENGTH": length, "wsgi.input_terminated": True}
    path = f"/v1/agenda-items/{item['id']}/files?name=charter.pdf"
    problem(circle.facilitator.post(path, environ_overrides=sent), 408, "TooSlow")
    gone = {**sent, "wsgi.input": Gone()}
    problem(circle.facilitator.post(path, environ_overrides=gone), 400, "MalformedRequest")


class Gone(TooLate):
    """A body whose sender hung up."""

    def readinto(self, _buffer: Any) -> int:
        raise ConnectionResetError


def full() -> IO[bytes]:
    """A disk without room, as Linux has one."""
    return Path("/dev/full").open("w+b")


@pytest.mark.parametrize("size", [200, 100_000])
def test_where_there_is_no_room_for_a_file_it_may_be_sent_again(circle: Circle, size: int) -> None:
    app = circle.world.app
    content = PDF.ljust(size, b"x")
    with app.test_request_context(method="POST", data=content):
        with pytest.raises(ServiceUnavailable) as refused, arriving("charter.pdf", full):
            raise AssertionError("it arrived")
        answer = app.make_response(app.handle_user_exception(refused.value))
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert answer.get_json(force=True)["code"] == "NoRoomForFiles"


def test_a_fault_of_another_kind_is_not_taken_for_want_of_room(circle: Circle) -> None:
    def unreachable() -> IO[bytes]:
        raise PermissionError

    with (
        circle.world.app.test_request_context(method="POST", data=PDF),
        pytest.raises(PermissionError),
        arriving("charter.pdf", unreachable),
    ):
        raise AssertionError("it arrived")


class Unread(io.RawIOBase):
    """A body that nobody may have begun to read."""

    def readable(self) -> bool:
        return True

    def readinto(self, _buffer: Any) -> int:
        raise AssertionError("the body was read")


def test_of_whoever_may_not_put_a_file_there_nothing_is_read(circle: Circle) -> None:
    meeting = circle.opened()
    item = circle.item(meeting, "Charter")
    sent = {"wsgi.input": Unread(), "CONTENT_LENGTH": "100"}
    for path in (f"/v1/agenda-items/{item['id']}/files", f"/v1/meetings/{meeting['id']}/minutes/files"):
        problem(circle.member.post(path, environ_overrides=sent), 403, "NotAllowed")
        problem(circle.stranger.post(path, environ_overrides=sent), 404, "NotFound")
    for path in (f"/v1/agenda-items/{uuid4()}/files", f"/v1/meetings/{uuid4()}/minutes/files"):
        problem(circle.world.administrator().post(path, environ_overrides=sent), 404, "NotFound")


def test_a_page_or_a_picture_with_a_script_is_only_ever_saved(circle: Circle) -> None:
    item = circle.item(circle.meeting(), "Charter")
    file = ok(post(circle, item, b"<script>alert(1)</script>", name="page.html"), 201)
    assert (file["name"], file["media_type"]) == ("page.txt", "text/plain")
    read = circle.member.get(f"/v1/files/{file['id']}")
    assert read.headers["Content-Disposition"] == "attachment; filename=page.txt"
    assert read.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_guest_reads_what_is_on_the_agenda_and_not_what_is_with_the_minutes(circle: Circle) -> None:
    meeting = circle.opened()
    item = circle.item(meeting, "Charter")
    guest = {"person_id": str(circle.expert.id), "role": "expert"}
    ok(circle.facilitator.post(f"/v1/meetings/{meeting['id']}/guests", guest), 201)
    handed_out = ok(post(circle, item), 201)
    report = f"/v1/meetings/{meeting['id']}/minutes/files?name=report.pdf"
    written_up = ok(circle.secretary.post(report, data=PDF), 201)

    def reads(who: Caller, file: dict[str, Any]) -> int:
        return who.get(f"/v1/files/{file['id']}").status_code

    assert [reads(circle.expert, one) for one in (handed_out, written_up)] == [200, 404]
    assert [reads(circle.member, one) for one in (handed_out, written_up)] == [200, 200]
    assert [reads(circle.stranger, one) for one in (handed_out, written_up)] == [404, 404]
    problem(circle.member.post(report, data=PDF), 403, "NotAllowed")
    ok(circle.secretary.put(f"/v1/meetings/{meeting['id']}/minutes", {"text": "x"}))
    (shown,) = ok(circle.member.get(f"/v1/meetings/{meeting['id']}/minutes"))["files"]
    assert shown["name"] == "report.pdf"


def test_files_are_named_in_the_agenda_only_to_those_who_may_read_them(circle: Circle) -> None:
    meeting = circle.meeting(registration={"capacity": 1})
    file = ok(post(circle, circle.item(meeting, "Charter")), 201)
    coming = circle.world.person("Cora")

    def named(who: Caller) -> list[str]:
        (item,) = ok(who.get(f"/v1/meetings/{meeting['id']}"))["agenda"]
        return [one["id"] for one in item["files"]]

    assert [named(one) for one in (circle.stranger, coming)] == [[], []]
    ok(coming.put(f"/v1/meetings/{meeting['id']}/registrations/me"))
    for one in (coming, circle.member):
        assert named(one) == [file["id"]]
        ok(one.get(f"/v1/files/{file['id']}"))
    problem(circle.stranger.get(f"/v1/files/{file['id']}"), 404, "NotFound")


def test_a_file_goes_with_its_item_or_by_itself_and_not_once_the_meeting_is_over(circle: Circle) -> None:
    meeting = circle.opened()
    first, second = circle.item(meeting, "one"), circle.item(meeting, "two")
    gone, kept, taken = (
        ok(post(circle, first), 201),
        ok(post(circle, second), 201),
        ok(post(circle, second), 201),
    )
    ok(circle.facilitator.delete(f"/v1/agenda-items/{first['id']}"))
    problem(circle.member.get(f"/v1/files/{gone['id']}"), 404, "NotFound")
    problem(circle.member.delete(f"/v1/files/{taken['id']}"), 403, "NotAllowed")
    ok(circle.facilitator.delete(f"/v1/files/{taken['id']}"), 204)
    problem(circle.facilitator.delete(f"/v1/files/{taken['id']}"), 404, "NotFound")
    circle.attends(meeting, circle.member)
    ok(circle.secretary.post(f"/v1/meetings/{meeting['id']}/close", {"report": "x"}))
    problem(circle.facilitator.delete(f"/v1/files/{kept['id']}"), 409, "MeetingIsOver")
    problem(post(circle, second), 409, "MeetingIsOver")


def test_what_is_with_approved_minutes_stays(circle: Circle) -> None:
    first, second, *_ = circle.series()["meetings"]
    path = f"/v1/meetings/{first['id']}"
    ok(circle.secretary.post(f"{path}/open"))
    file = ok(circle.secretary.post(f"{path}/minutes/files?name=report.pdf", data=PDF), 201)
    minutes = ok(circle.secretary.put(f"{path}/minutes", {"text": "x"}))
    ok(circle.secretary.post(f"{path}/minutes/circulate"))
    ok(circle.secretary.post(f"/v1/meetings/{second['id']}/open"))
    ok(circle.secretary.post(f"/v1/minutes/{minutes['id']}/approve", {"at_meeting_id": second["id"]}))
    problem(circle.secretary.delete(f"/v1/files/{file['id']}"), 409, "MinutesAreApproved")
    again = circle.secretary.post(f"{path}/minutes/files?name=report.pdf", data=PDF)
    problem(again, 409, "MinutesAreApproved")


def test_of_many_files_at_once_no_more_are_kept_than_may_be(a_world: WorldMaker, each_engine: str) -> None:
    circle = a_circle(a_world("meetings", on=each_engine, pool_size=8))
    item = circle.item(circle.meeting(), "Charter")
    for _ in range(17):
        ok(post(circle, item), 201)

    answers = at_once([partial(post, circle, item)] * 8)

    assert sorted(one.status_code for one in answers) == [201] * 3 + [409] * 5  # type: ignore[union-attr]
    problem(post(circle, item), 409, "TooManyFiles")
