"""Sign in with a link or its code, stay signed in, sign out. All on real time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.clock import real_now
from beraad.domain import NotFound
from beraad.identifiers import new_id
from beraad.identity import ACCESS_TOKEN_LIFE, issue_token
from beraad_membership.domain.sign_in import (
    SESSION_LIFE,
    Session,
    SessionEnded,
    SignInLink,
    SignInRefused,
    hashed,
    refresh_token_for,
    session_named_in,
)
from beraad_membership.use_cases.ports import Work
from beraad_membership.use_cases.publish_signing_key import signing_key


@dataclass(frozen=True)
class StartSession:
    """A token from the link, or the six digits; `nonce` is the cookie of the browser."""

    token: str | None = None
    code: str | None = None
    nonce: str | None = None


@dataclass(frozen=True)
class RefreshSession:
    """The refresh token of the cookie."""

    refresh_token: str


@dataclass(frozen=True)
class EndSession:
    """The caller's own session."""


@dataclass(frozen=True)
class SignedIn:
    """What the browser gets. `refresh_token` goes into an HttpOnly cookie, never into a page."""

    person_id: UUID
    access_token: str
    refresh_token: str
    expires_in: int


def start_session(command: StartSession, work: Work, _now: datetime) -> SignedIn | None:
    """Consume the link. None when it is not valid (the attempt is counted, so nothing is rolled back)."""
    link = _find_link(command, work)
    if link is None:
        return None
    now = real_now()
    try:
        person_id = link.use(command.nonce, now)
    except SignInRefused:
        return None
    session_id = new_id()
    refresh = refresh_token_for(session_id)
    session = Session(
        id=session_id,
        person_id=person_id,
        refresh_hash=hashed(refresh),
        started_at=now,
        expires_at=now + SESSION_LIFE,
    )
    work.sign_ins.add_session(session)
    return _signed_in(work, session, refresh, now)


def _find_link(command: StartSession, work: Work) -> SignInLink | None:
    """The link proven by its token, or by its code in the browser that asked. The cookie alone proves nothing."""
    if command.token is not None:
        return work.sign_ins.link_by_token(hashed(command.token))
    if command.code is None or command.nonce is None:
        return None
    link = work.sign_ins.latest_link_by_nonce(hashed(command.nonce))
    return link if link is not None and link.code_matches(command.code) else None


def refresh_session(command: RefreshSession, work: Work, _now: datetime) -> SignedIn | None:
    """A fresh pair of tokens. None when a used refresh token came back: the session is ended."""
    session_id = session_named_in(command.refresh_token)
    session = work.sign_ins.session(session_id) if session_id else None
    if session is None:
        raise SessionEnded
    now = real_now()
    fresh = refresh_token_for(session.id)
    if not session.rotate(command.refresh_token, fresh, now):
        _end(work, session, now)
        return None
    return _signed_in(work, session, fresh, now)


def end_session(_command: EndSession, work: Work, _now: datetime) -> None:
    """Sign out everywhere this session reaches."""
    work.authorize("session.end")
    session = work.sign_ins.session(work.actor.session_id) if work.actor.session_id else None
    if session is None:
        raise NotFound("no such session")
    _end(work, session, real_now())


def _end(work: Work, session: Session, now: datetime) -> None:
    work.publish(session.end(now))
    work.sign_ins.accept_no_more(session.id, session.expires_at)


def _signed_in(work: Work, session: Session, refresh: str, now: datetime) -> SignedIn:
    token = issue_token(signing_key(work, now), session.person_id, session.id, now)
    return SignedIn(session.person_id, token, refresh, int(ACCESS_TOKEN_LIFE.total_seconds()))
