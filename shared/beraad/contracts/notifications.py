"""What `notifications` publishes: what became of mail. Topics `notifications.*.v1`."""

from __future__ import annotations

from marshmallow import fields, validate

from beraad.contracts import Payload, contract
from beraad.contracts.exports import ExportPart
from beraad.contracts.fields import PERSONAL, counter, identifier, instant, one_of, string


class _Delivery(Payload):
    delivery_id = identifier()
    revision = counter()
    person_id = identifier()
    kind = string(50)
    event_id = identifier()


@contract("notifications.delivery.accepted.v1", aggregate="deliveries", key="delivery_id", person="person_id")
class DeliveryAccepted(_Delivery):
    """A mail server took the message over, alone or in a digest."""

    accepted_at = instant()


@contract("notifications.delivery.failed.v1", aggregate="deliveries", key="delivery_id", person="person_id")
class DeliveryFailed(_Delivery):
    """The message (or the digest that told it) was refused for good, or its time was over."""

    reason = string(500, **PERSONAL)


@contract("notifications.address.suppressed.v1", aggregate="recipients", key="person_id", person="person_id")
class AddressSuppressed(Payload):
    """Mail to this person is held back: the address was refused, or an administrator says so."""

    person_id = identifier()
    revision = counter()
    reason = string(500, **PERSONAL)


@contract("notifications.address.lifted.v1", aggregate="recipients", key="person_id", person="person_id")
class AddressLifted(Payload):
    """Mail to this person is held back no more: they have another address, or an administrator says so."""

    person_id = identifier()
    revision = counter()


@contract("notifications.preference.changed.v1", aggregate="recipients", key="person_id", person="person_id")
class PreferenceChanged(Payload):
    """A person chose how often they want mail of a kind.

    With `group_id`: how often from that group is `group_frequency` (null where that choice was taken back), of that kind or
    of `all`; `frequency` stays how often it comes from elsewhere. `kind` is `quiet_hours` or `digests` where they chose
    those: when exactly is theirs to know.
    """

    person_id = identifier()
    revision = counter()
    kind = string(50)
    frequency = one_of("immediate", "daily", "weekly", "off")
    group_id = fields.UUID(load_default=None, allow_none=True)
    group_frequency = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf(("immediate", "daily", "weekly", "off"))
    )


@contract("notifications.reply.given.v1", aggregate="replies", key="reply_id", person="person_id")
class ReplyGiven(Payload):
    """A person answered an invitation by the link in a mail: to one meeting, or to all of a series still to come.

    Whether the answer counts is for meetings to say: `meetings.invitation.answered` follows where it does.
    """

    reply_id = identifier()
    revision = counter()
    person_id = identifier()
    meeting_id = identifier(allow_none=True)
    series_id = identifier(allow_none=True)
    answer = one_of("accepted", "declined", "tentative")
    given_at = instant()


@contract(
    "notifications.person_export.answered.v1",
    aggregate="person_exports",
    key="export_id",
    person="person_id",
    private=True,
)
class PersonExportAnswered(ExportPart):
    """Private, for membership: what notifications holds of a person."""
