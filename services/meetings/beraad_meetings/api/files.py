"""Files on agenda items and with the minutes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import Response, request

from beraad.http import Blueprint, accepts, act, current_actor, located, look, requires
from beraad.http.context import current_store
from beraad.perform import reading
from beraad_meetings.api.file_schemas import FileAnswer, FileQuery
from beraad_meetings.api.receiving import arriving
from beraad_meetings.domain.files import CHUNK, LARGEST, name_in_ascii, summary
from beraad_meetings.queries.files import chunk, may_put_with_item, may_put_with_minutes, one_file
from beraad_meetings.use_cases.keep_file import (
    KeepFile,
    RemoveFile,
    keep_item_file,
    keep_minutes_file,
    remove_file,
)

blueprint = Blueprint("files", __name__, url_prefix="/v1", description="What was handed out or written up")
BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@blueprint.post("/agenda-items/<uuid:item_id>/files")
@accepts(at_most=LARGEST, streamed=True)
@requires("agenda.change")
@blueprint.doc(**BODY)
@blueprint.arguments(FileQuery, location="query")
@blueprint.response(201, FileAnswer)
def post_item_file(query: dict[str, Any], item_id: UUID) -> dict[str, Any]:
    """Put a file with an agenda item: PDF, PNG, JPEG, office documents without macros, plain text or CSV, at most 10 MiB."""
    look(may_put_with_item, item_id)
    return _kept(keep_item_file, query, item_id)


@blueprint.post("/meetings/<uuid:meeting_id>/minutes/files")
@accepts(at_most=LARGEST, streamed=True)
@requires("minutes.write")
@blueprint.doc(**BODY)
@blueprint.arguments(FileQuery, location="query")
@blueprint.response(201, FileAnswer)
def post_minutes_file(query: dict[str, Any], meeting_id: UUID) -> dict[str, Any]:
    """Put a file with the minutes, which may also be all there is of them; what is accepted as on an agenda item."""
    look(may_put_with_minutes, meeting_id)
    return _kept(keep_minutes_file, query, meeting_id)


@blueprint.get("/files/<uuid:file_id>")
@requires("file.read")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
def get_file(file_id: UUID) -> Response:
    """The file, to be saved: it is never shown within a page. Whoever reads the agenda or the minutes reads it."""
    file = look(one_file, file_id)
    if file.sha256 in request.if_none_match:
        response = Response(status=304)
    else:
        response = Response(_chunks(file_id, file.size), content_type=file.media_type)
        response.content_length = file.size
        response.headers.set("Content-Disposition", "attachment", **_named(file.name))
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(file.sha256)
    return response


@blueprint.delete("/files/<uuid:file_id>")
@requires("file.remove")
@blueprint.response(204)
def delete_file(file_id: UUID) -> Response:
    """Take it away, as long as its agenda or its minutes may be changed."""
    act(remove_file, RemoveFile(file_id))
    return Response(status=204)


def _kept(keep: Any, query: dict[str, Any], of: UUID) -> dict[str, Any]:
    with arriving(query["name"]) as arrived:
        told = {name: getattr(arrived, name) for name in ("media_type", "size", "sha256")}
        file = act(keep, KeepFile(of=of, chunks=arrived, **told, **query))
    located(f"/v1/files/{file.id}")
    return summary(file)


def _chunks(file_id: UUID, size: int) -> Iterator[bytes]:
    """One chunk in memory at a time, each by a statement of its own: a slow reader holds no transaction."""
    store, actor = current_store(), current_actor()

    def read() -> Iterator[bytes]:
        for number in range(-(-size // CHUNK)):
            with reading(store, actor, glancing=True) as work:
                content = chunk(work, file_id, number)
            yield content

    return read()


def _named(name: str) -> dict[str, str]:
    """As every browser reads it (RFC 6266): in ASCII, and in full where that is not the same."""
    plain = name_in_ascii(name)
    return {"filename": plain} if plain == name else {"filename": plain, "filename*": f"UTF-8''{quote(name)}"}
