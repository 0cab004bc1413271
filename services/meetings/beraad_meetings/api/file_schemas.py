"""The shapes of files."""

from __future__ import annotations

from marshmallow import fields

from beraad.http import Answer, Query, line


class FileQuery(Query):
    """What it is called; the body is the file itself, of whatever `Content-Type`."""

    name = line(load_default="file", metadata={"description": "Its ending becomes that of what is in it"})
    id = fields.UUID(metadata={"description": "Chosen by the client, so that a retry keeps it once"})


class FileAnswer(Answer):
    """A file, without its content."""

    id = fields.UUID()
    name = fields.String()
    media_type = fields.String()
    size = fields.Integer(metadata={"description": "Bytes"})
    sha256 = fields.String(metadata={"description": "Of the content, in hex; also its ETag"})
    added_by = fields.UUID(allow_none=True)
    added_at = fields.AwareDateTime()
