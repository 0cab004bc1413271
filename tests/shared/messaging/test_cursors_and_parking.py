from datetime import timedelta

from beraad.clock import real_now
from beraad.messaging.cursors import (
    Cursor,
    known_revision,
    lock_cursor,
    note_revisions,
    note_watermark,
    read_cursor,
    read_cursors,
    why_behind,
    write_cursor,
)
from beraad.messaging.envelope import Watermark
from beraad.messaging.parking import park, parked_of, quarantined_subjects, unpark
from beraad.perform import Store, Work, reading, transaction
from contracts.rig import PUBLIC, parked_rows
from shared.messaging.test_envelope import an_envelope


def test_a_stream_nothing_was_applied_of_stands_at_zero(store: Store[Work]) -> None:
    with transaction(store) as work:
        assert read_cursor(work.session, PUBLIC) == lock_cursor(work.session, PUBLIC) == Cursor(PUBLIC)
        write_cursor(work.session, Cursor(PUBLIC, 1, 7))
    with reading(store) as work:
        found = read_cursors(work.session, [PUBLIC, "deliberation"])
    assert (found[PUBLIC].position, found["deliberation"].position) == (7, 0)


def test_behind_is_decidable(store: Store[Work]) -> None:
    def why() -> str | None:
        with reading(store) as work:
            return why_behind(work.session, PUBLIC)

    assert why() == "membership has not been heard of for 30 seconds"
    with transaction(store) as work:
        write_cursor(work.session, Cursor(PUBLIC, 1, 7))
        note_watermark(work.session, Watermark(PUBLIC, 1, 9))
    assert why() == "membership is at 9, applied up to 7"
    with transaction(store) as work:
        note_watermark(work.session, Watermark(PUBLIC, 1, 7))
    assert why() is None
    with transaction(store) as work:
        park(work.session, an_envelope(), "ValueError")
    assert why() == "1 events of membership are parked"


def test_a_watermark_read_late_proves_nothing_about_now(store: Store[Work]) -> None:
    with transaction(store) as work:
        note_watermark(work.session, Watermark(PUBLIC, 1, 0, sent_at=real_now() - timedelta(seconds=31)))
        assert why_behind(work.session, PUBLIC)
        note_watermark(work.session, Watermark(PUBLIC, 1, 0, sent_at=real_now() + timedelta(hours=1)))
        assert read_cursor(work.session, PUBLIC).known_at is not None
        assert why_behind(work.session, PUBLIC) is None


def test_the_newest_revision_of_an_aggregate_is_known(store: Store[Work]) -> None:
    def noted(revision: int, **changes: object) -> None:
        note_revisions(
            work.session, [an_envelope(subject="people/1", data={"revision": revision}, **changes)]
        )

    with transaction(store) as work:
        note_revisions(work.session, [])
        noted(3)
        noted(2)
        noted(9, stream="membership.private")
        assert known_revision(work.session, "membership", "people/1") == 3
        assert known_revision(work.session, "membership", "people/2") == 0


def test_a_parked_event_quarantines_its_aggregate_until_it_is_taken_out(store: Store[Work]) -> None:
    first, second = (an_envelope(subject="people/1", position=position) for position in (12, 7))
    with transaction(store) as work:
        for event in (first, second, first):
            park(work.session, event, "x" * 3000)
        assert quarantined_subjects(work.session, PUBLIC) == {"people/1"}
        assert parked_of(work.session, PUBLIC, "people/1") == [second, first]
        unpark(work.session, first)
        unpark(work.session, second)
        assert quarantined_subjects(work.session, PUBLIC) == set()


def test_what_no_database_stores_is_parked_all_the_same(store: Store[Work]) -> None:
    with transaction(store) as work:
        park(work.session, an_envelope(data={"a\x00": ["\ud800", {"b": 1.5}], "c": None}), "no\x00 \udfff")
    (row,) = parked_rows(store)
    assert row.reason == "no\ufffd \ufffd"
    assert row.envelope["data"] == {"a\ufffd": ["\ufffd", {"b": 1.5}], "c": None}
