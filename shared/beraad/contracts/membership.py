"""What `membership` publishes: people, groups, seats, roles, candidacies, keys. Topics `membership.*.v1`."""

from __future__ import annotations

from marshmallow import fields, validate

from beraad.contracts import PUBLISHERS, Payload, contract
from beraad.contracts.fields import (
    PERSONAL,
    counter,
    day,
    document,
    flag,
    identifier,
    instant,
    one_of,
    string,
    words,
)

GROUP_KINDS = ("assembly", "board", "working_group")
ROLES = ("facilitator", "board_link", "secretary", "observer", "expert", "guest")
API_KEY_SCOPES = tuple(f"events:{publisher}" for publisher in PUBLISHERS)
"""What an API key may be for: reading that service's public feed."""


class _Person(Payload):
    person_id = identifier()
    revision = counter()
    name = string(200, **PERSONAL)
    language = string(10)
    time_zone = string(64)
    profiles = words(**PERSONAL)
    administrator = flag()


@contract("membership.person.registered.v1", aggregate="people", key="person_id", person="person_id")
class PersonRegistered(_Person):
    """A person is known. The e-mail address travels apart, on the private exchange."""


@contract("membership.person.updated.v1", aggregate="people", key="person_id", person="person_id")
class PersonUpdated(_Person):
    """Name, language, zone or profiles of a person changed."""


@contract("membership.person.erased.v1", aggregate="people", key="person_id", person="person_id")
class PersonErased(Payload):
    """A person asked to be forgotten; the pseudonym stands wherever the name stood."""

    person_id = identifier()
    revision = counter()
    pseudonym = string(64)


@contract("membership.person_export.requested.v1", aggregate="person_exports", key="export_id")
class PersonExportRequested(Payload):
    """Somebody wants to know everything that is held of a person: each service answers membership, in private."""

    export_id = identifier()
    revision = counter()
    person_id = identifier()


class _Group(Payload):
    group_id = identifier()
    revision = counter()
    kind = one_of(*GROUP_KINDS)
    name = string(200)
    theme = string(200)
    aim = string(4000)
    deliverables = string(4000)
    time_zone = string(64)
    starts_on = day()
    ends_on = day(allow_none=True)
    approving_body_id = identifier(allow_none=True)
    decision_id = identifier(allow_none=True)
    decision_profile = string(50)


@contract("membership.group.created.v1", aggregate="groups", key="group_id")
class GroupCreated(_Group):
    """A group exists, with its mandate `[starts_on, ends_on)` and, where one created it, the decision."""


@contract("membership.group.updated.v1", aggregate="groups", key="group_id")
class GroupUpdated(_Group):
    """Aim, mandate or defaults of a group changed."""


@contract("membership.group.ended.v1", aggregate="groups", key="group_id")
class GroupEnded(Payload):
    """The group's mandate is over; nothing new can be decided in it. Every seat and role that is left then ends with it.

    `member_ids`: who held a seat until then; where they are more than a hundred, in several events that say the same otherwise.
    """

    group_id = identifier()
    revision = counter()
    ended_on = day()
    member_ids = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=100))


@contract("membership.policy.changed.v1", aggregate="groups", key="group_id")
class PolicyChanged(Payload):
    """The composition policy in force.

    `quotas`: profile → {"min": n, "max": n} seats; `attribute_quotas`: attribute → value → the same.
    """

    group_id = identifier()
    revision = counter()
    policy_version = counter()
    size_min = counter()
    size_max = counter()
    quotas = document()
    attribute_quotas = fields.Dict(keys=fields.String(), load_default=dict)
    required_roles = words()
    term_months = fields.Integer(load_default=None, allow_none=True, strict=True)
    renewals_max = fields.Integer(load_default=None, allow_none=True, strict=True)


@contract("membership.composition.changed.v1", aggregate="groups", key="group_id")
class CompositionChanged(Payload):
    """The group's health: is it complete, representative of its quotas, and are its coordinators there?

    `unmet_quotas`: those missed or exceeded, as {"attribute", "value", "min", "max", "filled"}.
    """

    group_id = identifier()
    revision = counter()
    seats_filled = counter()
    seats_max = counter()
    complete = flag()
    representative = flag()
    coordinators_present = flag()
    missing_roles = words()
    unmet_quotas = fields.List(document(), load_default=list)


class _Seat(Payload):
    group_id = identifier()
    revision = counter()
    seat_id = identifier()
    person_id = identifier()
    starts_on = day()
    ends_on = day(allow_none=True)


@contract("membership.seat.filled.v1", aggregate="groups", key="group_id", person="person_id")
class SeatFilled(_Seat):
    """A person holds a seat for the term `[starts_on, ends_on)`."""


@contract("membership.seat.vacated.v1", aggregate="groups", key="group_id", person="person_id")
class SeatVacated(_Seat):
    """The seat is free again. `removed` means against the person's will."""

    reason = one_of("resigned", "removed", "term_ended", "erased")


@contract("membership.seat.expiring.v1", aggregate="groups", key="group_id", person="person_id")
class SeatExpiring(_Seat):
    """The term of a seat ends soon."""


class _Role(Payload):
    group_id = identifier()
    revision = counter()
    person_id = identifier()
    role = one_of(*ROLES)


@contract("membership.role.assigned.v1", aggregate="groups", key="group_id", person="person_id")
class RoleAssigned(_Role):
    """A person coordinates or accompanies the group."""


@contract("membership.role.withdrawn.v1", aggregate="groups", key="group_id", person="person_id")
class RoleWithdrawn(_Role):
    """A person no longer has that role in the group."""


class _Candidacy(Payload):
    candidacy_id = identifier()
    revision = counter()
    group_id = identifier()
    person_id = identifier()


@contract(
    "membership.candidacy.submitted.v1", aggregate="candidacies", key="candidacy_id", person="person_id"
)
class CandidacySubmitted(_Candidacy):
    """A person stands for a seat. The motivation stays in membership."""


@contract(
    "membership.candidacy.withdrawn.v1", aggregate="candidacies", key="candidacy_id", person="person_id"
)
class CandidacyWithdrawn(_Candidacy):
    """A person no longer stands."""


@contract("membership.candidacy.entered.v1", aggregate="candidacies", key="candidacy_id", person="person_id")
class CandidacyEntered(_Candidacy):
    """The candidacy takes part in a draw: how likely it is drawn, when, and by what randomness."""

    selection_id = identifier()
    chance_per_mille = counter()
    randomness = string(500)
    draws_at = instant()


@contract("membership.candidacy.released.v1", aggregate="candidacies", key="candidacy_id", person="person_id")
class CandidacyReleased(_Candidacy):
    """The draw in which the candidacy took part was cancelled; the candidacy stands, unless the group ends."""

    selection_id = identifier()
    group_ends = flag()


@contract("membership.candidacy.settled.v1", aggregate="candidacies", key="candidacy_id", person="person_id")
class CandidacySettled(_Candidacy):
    """A draw brought it a seat, or a place in the reserve (from 1)."""

    selection_id = identifier()
    outcome = one_of("seated", "reserve")
    reserve_position = counter(allow_none=True)


@contract("membership.selection.committed.v1", aggregate="selections", key="selection_id")
class SelectionCommitted(Payload):
    """Pool, policy and the thousand panels of a draw are frozen; `commitment_sha256` is what is held on to (docs/selection.md)."""

    selection_id = identifier()
    revision = counter()
    group_id = identifier()
    size = counter()
    candidates = counter()
    commitment_sha256 = string(64)
    randomness = string(500)
    draws_at = instant()


@contract("membership.selection.cancelled.v1", aggregate="selections", key="selection_id")
class SelectionCancelled(Payload):
    """Nothing comes of a selection that was asked for; what was committed to stays readable."""

    selection_id = identifier()
    revision = counter()
    group_id = identifier()


@contract("membership.selection.drawn.v1", aggregate="selections", key="selection_id")
class SelectionDrawn(Payload):
    """The panel was drawn by the announced randomness: anyone can verify it."""

    selection_id = identifier()
    revision = counter()
    group_id = identifier()
    commitment_sha256 = string(64)
    seed = string(1100)
    number = counter()
    seated = counter()
    reserve = counter()


@contract("membership.signing_key.published.v1", aggregate="signing_keys", key="key_id")
class SigningKeyPublished(Payload):
    """A public key (JWK, RFC 7517) that verifies access tokens from `valid_from` to `valid_until`."""

    key_id = identifier()
    revision = counter()
    jwk = document()
    valid_from = instant()
    valid_until = instant()


@contract("membership.session.revoked.v1", aggregate="sessions", key="session_id", person="person_id")
class SessionRevoked(Payload):
    """Access tokens of this session are no longer accepted, though they have not expired."""

    session_id = identifier()
    revision = counter()
    person_id = identifier()
    expires_at = instant()


@contract("membership.api_key.issued.v1", aggregate="api_keys", key="key_id")
class ApiKeyIssued(Payload):
    """An integrator's API key counts until `expires_at` (null: until it is revoked). `scopes`: all it may do.

    `secret_hash` is the SHA-256 of 256 random bits. It stands in the public log because it tells nothing: there is no
    shorter way back to the secret than trying them all.
    """

    key_id = identifier()
    revision = counter()
    name = string(200)
    scopes = words()
    secret_hash = string(64)
    expires_at = instant(allow_none=True)


@contract("membership.api_key.revoked.v1", aggregate="api_keys", key="key_id")
class ApiKeyRevoked(Payload):
    """The API key counts no more."""

    key_id = identifier()
    revision = counter()
    revoked_at = instant()


@contract(
    "membership.contact.changed.v1", aggregate="people", key="person_id", person="person_id", private=True
)
class ContactChanged(Payload):
    """Private: where a person receives mail."""

    person_id = identifier()
    revision = counter()
    name = string(200, **PERSONAL)
    email = string(254, **PERSONAL)
    language = string(10)
    time_zone = string(64)


@contract(
    "membership.sign_in_link.issued.v1", aggregate="people", key="person_id", person="person_id", private=True
)
class SignInLinkIssued(Payload):
    """Private: mail this link (and six-digit code) before it expires."""

    person_id = identifier()
    revision = counter()
    email = string(254, **PERSONAL)
    language = string(10)
    link = string(500, **PERSONAL)
    code = string(6, **PERSONAL)
    expires_at = instant()
