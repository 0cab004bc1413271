"""docs/mails.md: which event becomes which mail, and for whom."""

from __future__ import annotations

from beraad_notifications.domain.audience_words import ABOUT
from beraad_notifications.domain.catalogue import (
    CATALOGUE,
    NOT_TOLD,
    Audience,
    Kind,
    NamedPeople,
    OnePerson,
    Promise,
    RoleHolders,
    SeatHolders,
    Urgency,
)
from docs.generate.words import code, listed, table

INTRODUCTION = """# Mails

From the catalogue in
[beraad_notifications/domain/catalogue.py](../services/notifications/beraad_notifications/domain/catalogue.py). The texts are in
[mail/templates](../services/notifications/beraad_notifications/mail/templates), one folder per kind, in nl, fr, en and de, as plain text and
HTML. People may have what is not marked *always* at once, in a daily or weekly digest (at seven in their morning, weekly on Monday), or not
at all: `PUT /v1/me/preferences`, or the page that the end of each mail leads to. They may choose another hour and day for digests, and
choose by group: what is off as a kind comes from no group, then what was chosen for the kind in the group counts, then for the whole group,
then for the kind. What is marked *own* a whole group cannot mute: it is about a seat, a place, a task of theirs, or a meeting in their calendar.
A digest is one mail with a line and a link for each thing; it is sent at most once.

In somebody's quiet hours (by their own clock; there are none unless they choose some) no mail comes that can wait. *At once* never waits;
what is urgent *when near* does not within a day of the moment named, unless they want not even that; anything else waits until
they are over, without an attempt being counted.

Every mail is sent once. Only where the connection broke after a message was handed over does nobody know: then *at least once* is sent again,
*at most once* is not."""
PROMISES = {Promise.AT_LEAST_ONCE: "at least once", Promise.AT_MOST_ONCE: "at most once"}


def page() -> str:
    """The whole page."""
    rows = (
        [code(kind.name), _cause(kind), _audience(kind.audience), _urgency(kind), _promise(kind)]
        for kind in CATALOGUE
    )
    told = table(["Kind", "Because of", "Goes to", "Urgent", "Promise"], rows)
    silent = table(["Event", "Because"], ([code(event), why] for event, why in NOT_TOLD.items()))
    return f"{INTRODUCTION}\n\n{told}\n\n## Not told by mail\n\n{silent}"


def _urgency(kind: Kind) -> str:
    own = ", own" if kind.outlasts_muting else ""
    if kind.urgency is Urgency.WHEN_NEAR:
        return f"when near {code(kind.until)}{own}"
    return ("at once" if kind.urgency is Urgency.AT_ONCE else "no") + own


def _cause(kind: Kind) -> str:
    where = listed((f"{name} is {value}" for name, value in kind.where.items()), "")
    return code(kind.event) + (f" where {where}" if where else "")


def _audience(audience: Audience) -> str:
    match audience:
        case OnePerson(named_in, group_kinds):
            return ABOUT[named_in] + _in(group_kinds)
        case RoleHolders(roles, of):
            return f"{listed(roles)} of {ABOUT[of]}"
        case NamedPeople(named_in, always=True):
            return ABOUT[named_in]
        case NamedPeople(named_in, of):
            return f"{ABOUT[named_in]}; where an event of an earlier release lists nobody, all seat holders of {ABOUT[of]}"
        case SeatHolders(of, group_kinds, and_roles):
            return listed(("seat holders", *and_roles)) + f" of {ABOUT[of]}" + _in(group_kinds)


def _in(group_kinds: tuple[str, ...]) -> str:
    return f", in groups of kind {listed(group_kinds)}" if group_kinds else ""


def _promise(kind: Kind) -> str:
    hours = kind.patience.total_seconds() / 3600
    tried = f"{hours:.0f} hours" if hours >= 1 else f"{hours * 60:.0f} minutes"
    return f"{PROMISES[kind.promise]}, tried for {tried}" + (", always" if kind.essential else "")
