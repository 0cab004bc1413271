"""`sortition_peer.py TASK`: a thousand panels by sortition-algorithms as its documentation says, timed from inside; JSON on standard output."""

import json
import sys
import time
from collections import Counter
from pathlib import Path

from sortition_algorithms.core import find_random_sample
from sortition_algorithms.features import read_in_features
from sortition_algorithms.people import read_in_people
from sortition_algorithms.settings import Settings

PANELS = 1000
task = json.loads(Path(sys.argv[1]).read_text())
features, _, _ = read_in_features(["feature", "value", "min", "max"], task["features"], task["size"])
names = sorted({one["feature"] for one in task["features"]})
settings = Settings(id_column="id", columns_to_keep=[])
people, _ = read_in_people(["id", *names], task["people"], features, settings)

began = time.perf_counter()
panels, _ = find_random_sample(
    features, people, task["size"], [], selection_algorithm="maximin", number_selections=PANELS
)
taken = time.perf_counter() - began

times = Counter(person for panel in panels for person in panel)
assert len(panels) == PANELS
print(json.dumps({"seconds": taken, "minimum": min(times[one["id"]] for one in task["people"])}))
