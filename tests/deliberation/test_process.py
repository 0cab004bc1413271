"""The process is what the design says: a model of it and the system do the same, whatever people do.

The full figures: `make proof`.
"""

import pytest

from deliberation.process.drivers import InProcess, OverHttp
from deliberation.process.proof import play
from worlds.world import WorldMaker

pytestmark = pytest.mark.timeout(400)  # a busy machine takes its time


def test_the_use_cases_do_what_the_model_does(a_world: WorldMaker) -> None:
    play(InProcess(a_world("deliberation")), 40, 30)


def test_the_api_does_what_the_model_does(a_world: WorldMaker) -> None:
    play(OverHttp(a_world("deliberation", on="postgresql")), 6, 30)
