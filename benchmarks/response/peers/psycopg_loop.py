"""The three plain statements of a response and a commit, straight from psycopg in threads that do nothing else."""

import json
import multiprocessing
import sys
import threading
import time
from itertools import cycle

import psycopg
from common import DATABASE, now

ADMIT = """SELECT r.number FROM rounds r JOIN electors e ON e.roll_id = r.id
    WHERE r.id = %s AND e.person_id = %s AND e.departed_at IS NULL AND r.state = 'open' AND r.closes_at > %s
    AND r.number = %s AND r.version = %s FOR SHARE OF r"""
PUT = """INSERT INTO responses (round_id, person_id, version, answer, concern, given_at)
    VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (round_id, person_id) DO UPDATE SET version = excluded.version,
    answer = excluded.answer, concern = excluded.concern, given_at = excluded.given_at"""
KEEP = """INSERT INTO response_history (round_id, person_id, version, answer, concern, given_at)
    VALUES (%s, %s, %s, %s, %s, %s)"""
ANSWERS = cycle(("consent", "abstain"))


class Worker(threading.Thread):
    def __init__(self, plan: dict, people: list[str], begins: float) -> None:
        super().__init__()
        self.plan, self.people, self.begins = plan, cycle(people), begins
        self.recorded = 0

    def run(self) -> None:
        with psycopg.connect(DATABASE) as connection:
            while time.monotonic() < self.begins:
                self.record(connection)
            ends = self.begins + self.plan["seconds"]
            while time.monotonic() < ends:
                self.record(connection)
                self.recorded += 1

    def record(self, connection: psycopg.Connection) -> None:
        round_id, person_id, at = self.plan["round"], next(self.people), now()
        cursor = connection.execute(ADMIT, (round_id, person_id, at, 1, 1))
        assert cursor.fetchone()
        values = (round_id, person_id, 1, next(ANSWERS), None, at)
        connection.execute(PUT, values)
        connection.execute(KEEP, values)
        connection.commit()


def work(plan: dict, own: list[list[str]], begins: float, told: multiprocessing.Queue) -> None:
    workers = [Worker(plan, people, begins) for people in own]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    told.put(sum(worker.recorded for worker in workers))


def main(plan: dict) -> None:
    clients, processes = plan["clients"], plan["processes"]
    shares = [plan["people"][number::clients] for number in range(clients)]
    begins = time.monotonic() + plan["warm_seconds"]
    told: multiprocessing.Queue = multiprocessing.Queue()
    running = [
        multiprocessing.Process(target=work, args=(plan, shares[number::processes], begins, told))
        for number in range(processes)
    ]
    for process in running:
        process.start()
    recorded = sum(told.get(timeout=plan["seconds"] + 60) for _ in running)
    for process in running:
        process.join()
    print(json.dumps({"per_second": recorded / plan["seconds"]}))


main(json.loads(sys.argv[1]))
