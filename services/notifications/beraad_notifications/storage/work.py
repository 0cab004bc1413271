"""The unit of work: one transaction with the repositories of notifications."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from beraad.domain import Actor
from beraad.perform import Work as KernelWork
from beraad.settings import Settings
from beraad_notifications.domain.authorization import POLICIES
from beraad_notifications.storage.channels import Channels
from beraad_notifications.storage.deliveries import Deliveries
from beraad_notifications.storage.known_meetings import KnownMeetings
from beraad_notifications.storage.mail_domains import MailDomains
from beraad_notifications.storage.notices import Notices
from beraad_notifications.storage.recipients import Contacts, Recipients
from beraad_notifications.storage.steps import Steps


class Work(KernelWork):
    """Notices, deliveries, their steps and the channel they go by, contacts, recipients, and the meetings that mails are about."""

    policies = POLICIES

    def __init__(self, session: Session, actor: Actor, now: datetime | None, settings: Settings) -> None:
        """Bind the repositories."""
        super().__init__(session, actor, now, settings)
        self.notices = Notices(session)
        self.deliveries = Deliveries(session)
        self.steps = Steps(session)
        self.channels = Channels(session)
        self.mail_domains = MailDomains(session)
        self.contacts = Contacts(session)
        self.recipients = Recipients(session)
        self.known_meetings = KnownMeetings(session)
