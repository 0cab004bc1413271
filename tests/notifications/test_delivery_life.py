from datetime import timedelta
from typing import Any

import pytest

from beraad_notifications.domain.catalogue import KINDS
from beraad_notifications.domain.deliveries import (
    LONGEST_PAUSE,
    OPEN,
    TRANSITIONS,
    Outcome,
    Said,
    State,
    after_sending,
    before_sending,
    pause,
)
from beraad_notifications.domain.holding_back import comes_too_late
from beraad_notifications.domain.replies import Stage, code_of, meaning
from notifications.vocabulary import NOON, a_claim


def after(said: Said, kind: str = "round_opened", **changes: object) -> Outcome:
    claim = a_claim(kind, give_up_at=NOON + KINDS[kind].patience, **changes)
    return after_sending(claim, said, "told", NOON, 0.5)


def test_an_accepted_mail_is_sent() -> None:
    assert after(Said.ACCEPTED).state is State.SENT


def test_a_mail_to_be_tried_later_waits_longer_each_time() -> None:
    first, second = after(Said.LATER, attempts=1), after(Said.LATER, attempts=2)
    assert (first.state, first.next_at) == (State.DEFERRED, NOON + timedelta(seconds=30))
    assert second.next_at == NOON + timedelta(minutes=1)


def test_pauses_end_at_four_hours() -> None:
    assert pause(KINDS["round_opened"], 40, 0.999) < LONGEST_PAUSE
    assert pause(KINDS["round_opened"], 40, 0.999) > LONGEST_PAUSE * 0.99
    assert pause(KINDS["round_opened"], 3, 0.0) == timedelta()


def test_a_mail_whose_next_attempt_comes_too_late_has_failed() -> None:
    claim = a_claim("sign_in_link", give_up_at=NOON + timedelta(seconds=1), attempts=9)
    outcome = after_sending(claim, Said.LATER, "mailbox busy", NOON, 0.9)
    assert (outcome.state, outcome.reason) == (State.FAILED, "gave up: mailbox busy")


def test_a_refused_address_fails_and_is_remembered() -> None:
    assert after(Said.ADDRESS_REFUSED).address_refused
    assert not after(Said.REFUSED).address_refused
    assert after(Said.REFUSED).state is State.FAILED


def test_what_was_not_tried_costs_no_attempt() -> None:
    outcome = after(Said.NOT_TRIED)
    assert (outcome.state, outcome.untried, outcome.next_at) == (State.DEFERRED, True, NOON)


@pytest.mark.parametrize("said", [Said.POLICY_REFUSED, Said.CHANNEL_REFUSED])
def test_a_refusal_of_us_costs_no_attempt(said: Said) -> None:
    outcome = after(said)
    assert (outcome.state, outcome.untried, outcome.channel_refused) == (State.DEFERRED, True, True)
    assert outcome.doubted == (said is Said.POLICY_REFUSED)


def test_what_policy_refuses_while_others_go_out_fails_for_itself() -> None:
    assert after(Said.POLICY_REFUSED, doubted=True).state is State.FAILED
    assert after(Said.POLICY_REFUSED, doubted=True, trial=True).state is State.DEFERRED
    assert after(Said.CHANNEL_REFUSED, doubted=True).state is State.DEFERRED


def test_an_uncertain_round_is_sent_again_and_an_uncertain_reminder_is_not() -> None:
    again, left = after(Said.UNCERTAIN), after(Said.UNCERTAIN, "meeting_reminder")
    assert (again.state, again.uncertain) == (State.DEFERRED, True)
    assert (left.state, left.uncertain) == (State.UNCERTAIN, True)


@pytest.mark.parametrize(
    ("changes", "state", "reason"),
    [
        ({"erased": True}, State.SUPPRESSED, "erased"),
        ({"frequency": "off"}, State.SUPPRESSED, "unsubscribed"),
        ({"refused_address": "anna@example.org"}, State.SUPPRESSED, "address_refused"),
        ({"give_up_at": NOON, "attempts": 2}, State.FAILED, "gave up: its time was over"),
    ],
)
def test_it_is_not_sent(changes: dict[str, Any], state: State, reason: str) -> None:
    outcome = before_sending(a_claim(**{"give_up_at": NOON + timedelta(hours=1), **changes}), NOON)
    assert outcome is not None
    assert (outcome.state, outcome.reason) == (state, reason)


def test_what_nobody_tried_in_time_is_tried_all_the_same_but_for_a_secret() -> None:
    late: dict[str, Any] = {"give_up_at": NOON - timedelta(days=3), "attempts": 1}
    assert before_sending(a_claim(**late), NOON) is None
    outcome = after_sending(a_claim(**late), Said.LATER, "mailbox busy", NOON, 0.5)
    assert (outcome.state, outcome.give_up_at) == (State.DEFERRED, NOON + KINDS["round_opened"].patience)
    secret = before_sending(a_claim("sign_in_link", **late), NOON)
    assert secret is not None
    assert secret.state is State.FAILED


def test_a_worker_that_died_over_what_nobody_tried_in_time_takes_no_chance_from_it() -> None:
    late: dict[str, Any] = {"give_up_at": NOON - timedelta(days=3), "attempts": 2, "left_sending": True}
    assert before_sending(a_claim(**late), NOON) is None
    given_up = before_sending(a_claim(**{**late, "attempts": 3}), NOON)
    assert given_up is not None
    assert given_up.state is State.FAILED


def test_what_may_have_arrived_several_times_is_not_sent_again_and_has_not_failed() -> None:
    """A server that never answers may take each of them."""
    again = after_sending(a_claim(doubts=3), Said.UNCERTAIN, "timed out", NOON, 0.5)
    assert (again.state, again.uncertain) == (State.DEFERRED, True)
    enough = after_sending(a_claim(doubts=4), Said.UNCERTAIN, "timed out", NOON, 0.5)
    assert (enough.state, enough.uncertain) == (State.UNCERTAIN, True)
    killed = before_sending(a_claim(doubts=5, left_sending=True, give_up_at=NOON + timedelta(hours=1)), NOON)
    assert killed is None, "workers that end one after the other may not even have offered it"
    last = a_claim(give_up_at=NOON + timedelta(seconds=1), attempts=9)
    assert after_sending(last, Said.UNCERTAIN, "timed out", NOON, 0.5).state is State.UNCERTAIN


@pytest.mark.parametrize(("minutes", "kind", "late"), [
    (0, "meeting_reminder", True),
    (-1, "poll_reminder", True),
    (1, "meeting_reminder", False),
    (-1, "meeting_invited", False),
    (-1, "task_due", False),
])  # fmt: skip
def test_nobody_is_reminded_of_what_is_over(minutes: int, kind: str, *, late: bool) -> None:
    told = {field: (NOON + timedelta(minutes=minutes)).isoformat() for field in ("starts_at", "closes_at")}
    outcome = comes_too_late(a_claim(kind), told, NOON, NOON)
    assert (outcome and outcome.state) == (State.SUPPRESSED if late else None)


def test_an_address_that_changed_is_tried_again() -> None:
    claim = a_claim(give_up_at=NOON + timedelta(hours=1), refused_address="old@example.org")
    assert before_sending(claim, NOON) is None


def test_a_sign_in_link_goes_out_whatever_was_chosen() -> None:
    chosen = {"frequency": "off", "refused_address": "anna@example.org"}
    assert (
        before_sending(a_claim("sign_in_link", give_up_at=NOON + timedelta(minutes=1), **chosen), NOON)
        is None
    )


def test_a_reminder_whose_sender_died_is_not_sent_again() -> None:
    left = {"give_up_at": NOON + timedelta(hours=1), "left_sending": True}
    assert before_sending(a_claim("round_opened", **left), NOON) is None
    outcome = before_sending(a_claim("meeting_reminder", **left), NOON)
    assert outcome is not None
    assert (outcome.state, outcome.uncertain) == (State.UNCERTAIN, False), (
        "it was counted when it was claimed"
    )


def test_what_is_settled_stays_so() -> None:
    assert set(State) - set(OPEN) == {State.SENT, State.FAILED, State.SUPPRESSED, State.UNCERTAIN}
    for state, following in TRANSITIONS.items():
        assert state not in following


@pytest.mark.parametrize(
    ("stage", "code", "text", "said"),
    [
        (Stage.CONTENT, 250, "OK", Said.ACCEPTED),
        (Stage.RECIPIENT, 450, "4.2.1 mailbox busy", Said.LATER),
        (Stage.RECIPIENT, 421, "closing", Said.LATER),
        (Stage.RECIPIENT, 550, "5.1.1 user unknown", Said.ADDRESS_REFUSED),
        (Stage.RECIPIENT, 550, "5.1.10 null MX", Said.ADDRESS_REFUSED),
        (Stage.RECIPIENT, 550, "5.2.1 mailbox disabled", Said.ADDRESS_REFUSED),
        (Stage.RECIPIENT, 551, "5.1.9 their server is broken", Said.REFUSED),
        (Stage.RECIPIENT, 550, "5.1.7 your address has no domain", Said.CHANNEL_REFUSED),
        (Stage.RECIPIENT, 550, "no such user", Said.REFUSED),
        (Stage.RECIPIENT, 550, "5.7.1 you are blocked", Said.POLICY_REFUSED),
        (Stage.CONTENT, 554, "5.7.1 spam", Said.POLICY_REFUSED),
        (Stage.CONTENT, 451, "4.7.1 greylisted", Said.LATER),
        (Stage.RECIPIENT, 530, "authentication required", Said.CHANNEL_REFUSED),
        (Stage.CONTENT, 535, "5.7.8 who are you", Said.CHANNEL_REFUSED),
        (Stage.MAIL, 550, "5.1.8 bad sender", Said.CHANNEL_REFUSED),
        (Stage.MAIL, 550, "5.7.1 not from you", Said.CHANNEL_REFUSED),
        (Stage.MAIL, 451, "4.7.1 slowly", Said.LATER),
        (Stage.MAIL, 552, "message size exceeds maximum permitted", Said.REFUSED),
        (Stage.MAIL, 550, "5.3.4 too big", Said.REFUSED),
        (Stage.MAIL, 553, "5.6.7 not in ASCII", Said.REFUSED),
        (Stage.CONTENT, 552, "5.3.4 too big", Said.REFUSED),
        (Stage.CONTENT, 554, "5.1.1 too late to tell", Said.REFUSED),
    ],
)
def test_what_a_reply_means(stage: Stage, code: int, text: str, said: Said) -> None:
    assert meaning(stage, code, text) is said


@pytest.mark.parametrize(
    ("told", "counted"),
    [
        ("250 OK", ("250", "")),
        ("550 5.1.1 user unknown", ("550", "5.1")),
        ("450 4.2.1 busy", ("450", "4.2")),
        ("599 5.9.9 what is this", ("other", "")),
        ("2500 letters", ("none", "")),
        ("the connection was lost", ("none", "")),
    ],
)
def test_replies_are_counted_by_few_words(told: str, counted: tuple[str, str]) -> None:
    assert code_of(told) == counted
