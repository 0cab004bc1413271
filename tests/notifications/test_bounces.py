"""Which mail comes back is told by where it comes back to."""

from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beraad_notifications.domain.bounces import (
    LONGEST_LOCAL_PART,
    LONGEST_MAILBOX,
    envelope_sender,
    read_envelope_sender,
)
from notifications.vocabulary import MailRoom, delivery, happens, states
from servers.smtp import SmtpSink
from worlds.world import WorldMaker

SECRET = "a secret"
ONE = UUID("01a22a61-80f9-7a0d-8289-9eeef287b907")
LOCAL_PARTS = st.text("abcdefghijklmnopqrstuvwxyz0123456789.-_+é", min_size=1, max_size=70)


@given(LOCAL_PARTS, st.uuids(), st.text(max_size=50))
def test_it_is_a_local_part_and_leads_back_to_its_delivery(
    local: str, delivery_id: UUID, secret: str
) -> None:
    mailbox = f"{local}@example.org"
    sender = envelope_sender(mailbox, delivery_id, secret)
    tagged, _, domain = sender.rpartition("@")
    assert domain == "example.org"
    if len(local.encode()) > LONGEST_MAILBOX:
        assert sender == mailbox
        return
    assert len(tagged.encode()) <= LONGEST_LOCAL_PART
    assert tagged.startswith(f"{local}+")
    for arrived in (sender, f"{tagged.upper()}@EXAMPLE.ORG"):
        assert read_envelope_sender(arrived, secret) == delivery_id
    assert read_envelope_sender(sender, secret + "x") is None


@given(st.uuids(), st.integers(0, 35), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567018é"))
def test_a_tag_that_was_changed_is_not_ours(delivery_id: UUID, place: int, letter: str) -> None:
    tag = envelope_sender("b@x.org", delivery_id, SECRET)[2:-6]
    changed = tag[:place] + letter + tag[place + 1 :]
    found = read_envelope_sender(f"b+{changed}@x.org", SECRET)
    assert found == (delivery_id if changed == tag else None)


@pytest.mark.parametrize("address", ["", "beraad@example.org", "beraad+@example.org", f"b+{'é' * 36}@x.org"])
def test_an_address_without_a_tag_is_nobodys(address: str) -> None:
    assert read_envelope_sender(address, SECRET) is None


def test_a_sender_without_a_local_part_is_left_as_it_is() -> None:
    assert envelope_sender("localhost", ONE, SECRET) == "localhost"


def test_each_mail_has_its_own(a_world: WorldMaker, smtp_sink: SmtpSink) -> None:
    world = a_world("notifications", smtp_url=smtp_sink.url, smtp_bounces="bounces@returns.beraad.test")
    anna = world.person("Anna")
    happens(world, "task_assigned", owner_id=anna.person_id)
    MailRoom(world).works()
    (mail,) = smtp_sink.messages
    assert mail.sender.startswith("bounces+")
    assert mail.sender.endswith("@returns.beraad.test")
    found = read_envelope_sender(mail.sender, world.settings.secret_key)
    assert found == delivery(world, anna.person_id).id
    assert "<beraad@beraad.test>" in mail.message["From"]


def test_where_plus_addresses_are_not_allowed_it_is_the_sender(
    a_world: WorldMaker, smtp_sink: SmtpSink
) -> None:
    world = a_world("notifications", smtp_url=smtp_sink.url, smtp_bounces="")
    happens(world, "task_assigned", owner_id=world.person("Anna").person_id)
    MailRoom(world).works()
    assert smtp_sink.messages[0].sender == "beraad@beraad.test"
    assert states(world) == Counter(sent=1)
