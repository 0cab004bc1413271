"""The worker process of a service: relay, consumer, due work and long jobs, each in a thread of its own.

An error in one never ends another: it is logged, tried again after a growing pause, and visible in the
heartbeat file and the metrics until it is over.
"""

from beraad.worker.bells import WorkerBells
from beraad.worker.run import ROLES, AnotherWorkerRuns, run_worker

__all__ = ["ROLES", "AnotherWorkerRuns", "WorkerBells", "run_worker"]
