"""How much goes to which domain. Bound to one session."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from beraad.messaging.cursors import upsert
from beraad_notifications.domain.mail_domains import WINDOW, MailDomain
from beraad_notifications.storage.tables import mail_domains

KEPT = timedelta(hours=1)


class MailDomains:
    """A domain nothing was sent to for an hour is forgotten."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, domain: str, at: datetime) -> MailDomain:
        """Lock and return. Whoever needs several asks for them in order of their names.

        No turn was given yet, also for a worker that looked at its clock before the one that came first.
        """
        first = upsert(self._session, mail_domains).values(
            domain=domain, window_at=at, sent=0, turns_until=at - WINDOW
        )
        self._session.execute(first.on_conflict_do_nothing())
        query = select(mail_domains).where(mail_domains.c.domain == domain).with_for_update()
        return MailDomain(**self._session.execute(query).one()._mapping)  # noqa: SLF001 - SQLAlchemy's documented way

    def put(self, domain: MailDomain) -> None:
        """Store it."""
        mine = mail_domains.c.domain == domain.domain
        self._session.execute(mail_domains.update().where(mine).values(**vars(domain)))

    def forget_idle(self, at: datetime) -> None:
        """What nobody counts by any more, nor is just about to: whoever counts another waits for nobody here."""
        long_ago = at - KEPT
        idle = (mail_domains.c.window_at < long_ago) & (mail_domains.c.turns_until < long_ago)
        free = select(mail_domains.c.domain).where(idle).with_for_update(skip_locked=True)
        self._session.execute(mail_domains.delete().where(mail_domains.c.domain.in_(free)))
