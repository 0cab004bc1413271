"""The worker side of notifications: what it listens to, and the mail it sends."""

from __future__ import annotations

from beraad.service import DueWork, Job, Worker
from beraad_notifications.mail.delivering import Delivering
from beraad_notifications.storage.database import DATABASE
from beraad_notifications.subscriptions.deliberation import deliberation
from beraad_notifications.subscriptions.digesting import make_due_digests
from beraad_notifications.subscriptions.meetings import meetings
from beraad_notifications.subscriptions.membership import membership
from beraad_notifications.subscriptions.membership_private import membership_private
from beraad_notifications.subscriptions.spreading import Spreading

worker = Worker(
    name="notifications",
    database=DATABASE,
    subscriptions=(membership_private, membership, meetings, deliberation),
    due_work=(
        DueWork("spread", Spreading().once),
        DueWork("digest", make_due_digests),
    ),
    jobs=(Job("deliver", Delivering().once),),
)
