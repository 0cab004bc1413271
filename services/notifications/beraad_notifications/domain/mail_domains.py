"""How many mails a minute go to one domain, where its server takes no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from beraad_notifications.domain.deliveries import Claim, Outcome, State

WINDOW = timedelta(minutes=1)
ITS_TURN = "waits its turn: no more goes to this domain in a minute"


@dataclass(eq=False, kw_only=True)
class MailDomain:
    """What goes to one domain, of all workers together. Times are real time."""

    domain: str
    window_at: datetime
    """When the minute began in which is counted."""
    sent: int = 0
    """What went, and what had a turn and did not go."""
    turns_until: datetime
    """Until when turns were given to those that wait."""

    def take(self, claim: Claim, most: int, at: datetime) -> datetime | None:
        """None where it may be sent now, which counts; else when its turn comes.

        Turns are as far apart as the limit says, so what waits comes back little by little, also where all of it missed its turn. Who had a turn
        goes before who had none. What is essential counts, and never waits.
        """
        if at >= self.window_at + WINDOW:
            self.window_at, self.sent = at, 0
        if claim.kind.essential or (self.sent < most and (claim.had_turn or self.turns_until <= at)):
            self.sent += 1
            return None
        following, apart = self.window_at + WINDOW, WINDOW / most
        turn = following + (self.sent - most) * apart if claim.had_turn else max(self.turns_until, following)
        self.sent += claim.had_turn
        self.turns_until = max(self.turns_until, turn + apart)
        return turn


def domain_of(address: str) -> str:
    """In small letters; empty where there is none."""
    return address.rpartition("@")[2].lower()


def waits_its_turn(claim: Claim, turn: datetime, at: datetime) -> Outcome:
    """No attempt is counted, and there is as much time to try it afterwards as if it came then."""
    return Outcome(
        claim=claim,
        state=State.DEFERRED,
        reason=ITS_TURN,
        at=at,
        next_at=turn,
        give_up_at=turn + claim.kind.patience,
        untried=True,
    )
