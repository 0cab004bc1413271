"""Closed rounds and votes as answers that anyone can judge; `documents.judged` tells what each part means."""

from __future__ import annotations

from marshmallow import fields

from beraad.http import Answer


class ExportedRound(Answer):
    """A closed round as the document `beraad evaluate` judges (docs/deciding.md)."""

    format = fields.String()
    about = fields.Dict()
    profile = fields.Dict()
    number = fields.Integer()
    calls = fields.Integer()
    silence = fields.Boolean()
    reconsidered = fields.Boolean()
    electors = fields.List(fields.Dict())
    objections = fields.List(fields.Dict())


class ExportedVote(Answer):
    """A closed vote as the document `beraad evaluate` judges (docs/deciding.md)."""

    format = fields.String()
    about = fields.Dict()
    profile = fields.Dict()
    electors = fields.List(fields.Dict())
