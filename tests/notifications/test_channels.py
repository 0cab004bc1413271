"""What follows what while mail goes out, is held up, and is tried again."""

from datetime import timedelta

import pytest

from beraad.identifiers import new_id
from beraad_notifications.domain.channels import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    TRANSITIONS,
    Channel,
    ChannelState,
    pause,
    without_addresses,
)
from beraad_notifications.domain.deliveries import LEASE
from notifications.vocabulary import NOON

ONE, OTHER = new_id(), new_id()
TOLD = "550 5.7.1 you are on a list"


def a_channel(*, refused: bool = False, trying: bool = False) -> Channel:
    channel = Channel(name="mail")
    if refused or trying:
        channel.refuse(ONE, TOLD, NOON, 0.5)
    if trying:
        channel.try_with(OTHER, NOON)
    return channel


def test_a_refusal_pauses_it_with_reason_and_since_when() -> None:
    channel = a_channel(refused=True)
    assert (channel.state, channel.reason, channel.since) == (ChannelState.PAUSED, TOLD, NOON)
    assert channel.next_trial_at == NOON + FIRST_PAUSE / 2
    assert channel.revision == 1


def test_a_refusal_at_the_door_names_no_delivery() -> None:
    channel = Channel(name="mail")
    assert channel.refuse(None, "535 no", NOON, 0.5)
    assert channel.refused is None
    assert not channel.refuse(None, "535 no", NOON, 0.5), "it is paused already"


def test_what_was_in_the_air_tells_nothing_new() -> None:
    channel = a_channel(refused=True)
    assert not channel.refuse(OTHER, "550 5.7.1 again", NOON, 0.9)
    assert (channel.failures, channel.reason) == (1, TOLD)
    trying = a_channel(trying=True)
    assert not trying.refuse(ONE, "550 5.7.1 again", NOON, 0.9)
    assert trying.state is ChannelState.TRYING


def test_it_is_tried_when_its_time_has_come() -> None:
    channel = a_channel(refused=True)
    assert not channel.may_try(NOON)
    assert channel.may_try(NOON + FIRST_PAUSE)
    assert not Channel(name="mail").may_try(NOON)


def test_who_tries_has_as_long_as_a_lease() -> None:
    channel = a_channel(trying=True)
    assert not channel.may_try(NOON + LEASE / 2)
    assert channel.may_try(NOON + LEASE)
    channel.try_with(ONE, NOON + LEASE)
    assert channel.trial == ONE


def test_a_trial_that_is_accepted_lets_everything_go_on() -> None:
    channel = a_channel(trying=True)
    assert channel.tried(OTHER, NOON, 0.5, accepted=True)
    assert vars(channel) == {**vars(Channel(name="mail")), "revision": 3}


def test_a_trial_that_is_refused_makes_the_pause_longer() -> None:
    channel = a_channel(trying=True)
    later = NOON + timedelta(minutes=5)
    assert channel.refuse(OTHER, "550 5.7.1 still", later, 0.5)
    assert (channel.failures, channel.since, channel.reason) == (2, NOON, "550 5.7.1 still")
    assert channel.next_trial_at == later + FIRST_PAUSE


def test_a_trial_that_tells_nothing_is_repeated() -> None:
    channel = a_channel(trying=True)
    assert not channel.tried(OTHER, NOON, 0.5, accepted=False)
    assert (channel.state, channel.failures) == (ChannelState.PAUSED, 1)


def test_only_the_trial_speaks_of_it() -> None:
    channel = a_channel(trying=True)
    assert not channel.tried(ONE, NOON, 0.5, accepted=True)
    assert channel.state is ChannelState.TRYING
    assert not Channel(name="mail").tried(ONE, NOON, 0.5, accepted=True)


def test_who_stops_it_by_hand_resumes_it_by_hand() -> None:
    channel = a_channel(trying=True)
    assert channel.stop("the server moves", NOON + timedelta(hours=1))
    assert (channel.state, channel.since, channel.next_trial_at) == (ChannelState.STOPPED, NOON, None)
    assert not channel.may_try(NOON + timedelta(days=9))
    assert not channel.refuse(OTHER, TOLD, NOON, 0.5)
    assert not channel.stop("again", NOON)
    assert channel.resume()
    assert channel.is_open
    assert not channel.resume()


def test_pauses_double_up_to_half_an_hour() -> None:
    assert [pause(failures, 0.5) for failures in (1, 2, 3)] == [FIRST_PAUSE / 2, FIRST_PAUSE, FIRST_PAUSE * 2]
    assert pause(50, 0.999) < LONGEST_PAUSE
    assert pause(3, 0.0) == timedelta()


def test_nothing_is_tried_where_nothing_is_paused() -> None:
    assert set(TRANSITIONS) == set(ChannelState)
    with pytest.raises(ValueError, match="open does not become trying"):
        Channel(name="mail").try_with(ONE, NOON)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("550 5.7.1 <anna.peeters@beraad.test>: not from you", "550 5.7.1 <…@…>: not from you"),
        ("554 5.7.1 iñes@bücher.example is not ours", "554 5.7.1 …@… is not ours"),
        ("550 no address here", "550 no address here"),
        ("x" * 900, "x" * 500),
    ],
)
def test_a_reason_names_no_address(told: str, kept: str) -> None:
    assert without_addresses(told) == kept
