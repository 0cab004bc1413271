"""Of what a worker would send, leave for later what is too much for its recipients' domains."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from beraad_notifications.domain.deliveries import Outcome
from beraad_notifications.domain.mail_domains import domain_of, waits_its_turn
from beraad_notifications.use_cases.ports import Letter, Work


def keep_to_limits(letters: Sequence[Letter], per_domain: int, at: datetime, work: Work) -> list[Outcome]:
    """What waits its turn, however many workers ask at once; nothing where there is no limit (0)."""
    if not per_domain or not letters:
        return []
    waiting = []
    for name in sorted({domain_of(letter.claim.address) for letter in letters}):
        domain = work.mail_domains.get(name, at)
        for letter in letters:
            if domain_of(letter.claim.address) == name:
                turn = domain.take(letter.claim, per_domain, at)
                waiting += [] if turn is None else [waits_its_turn(letter.claim, turn, at)]
        work.mail_domains.put(domain)
    work.mail_domains.forget_idle(at)
    return waiting
