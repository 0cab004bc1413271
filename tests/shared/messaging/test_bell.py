import threading

from beraad.messaging.bell import Bell, PipeBell


def test_a_ring_wakes_who_waits() -> None:
    bell = Bell()
    ring = threading.Timer(0.05, bell.ring)
    ring.start()
    assert bell.wait(10)
    ring.join()


def test_a_ring_before_the_wait_is_not_missed() -> None:
    bell = Bell()
    heard = bell.rings
    bell.ring()
    assert bell.wait(0, heard)


def test_silence_ends_in_the_deadline() -> None:
    assert not Bell().wait(0.01)


def test_a_ring_reaches_the_other_end_of_the_pipe_with_its_mark() -> None:
    pipe, there = PipeBell(), Bell()
    pipe.listen(there)
    here = Bell(pipe.marked(3))
    heard = there.rings
    here.ring()
    assert there.wait(10, heard)
    assert there.ringers() == {3}
    assert there.ringers() == frozenset()


def test_a_full_pipe_never_blocks_the_one_who_rings() -> None:
    pipe = PipeBell()
    for _ in range(100_000):
        pipe.ring()
