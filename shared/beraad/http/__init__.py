"""How a request is answered: problem details, identity, authorization, pages, tags, retries, health, feed.

Routes import what they need from here: ``from beraad.http import Answer, Blueprint, Body, act, look, requires``.
"""

from beraad.http.blueprint import Blueprint
from beraad.http.context import (
    act,
    act_at_once,
    current_actor,
    if_match,
    located,
    look,
    look_once,
    tag_by_content,
)
from beraad.http.guards import public, requires
from beraad.http.idempotency import show_once
from beraad.http.limits import accepts, refuse_cut_short
from beraad.http.pagination import PageQuery, Pages, page_of
from beraad.http.schemas import Answer, Body, Query, ResourceAnswer, line, words

__all__ = [
    "Answer",
    "Blueprint",
    "Body",
    "PageQuery",
    "Pages",
    "Query",
    "ResourceAnswer",
    "accepts",
    "act",
    "act_at_once",
    "current_actor",
    "if_match",
    "line",
    "located",
    "look",
    "look_once",
    "page_of",
    "public",
    "refuse_cut_short",
    "requires",
    "show_once",
    "tag_by_content",
    "words",
]
