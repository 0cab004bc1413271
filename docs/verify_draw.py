"""Check a published draw with nothing but Python: `python3 -I verify_draw.py draw.json` (docs/selection.md)."""

import json
import sys
from hashlib import sha256

sys.excepthook = lambda kind, error, _: print(f"wrong: this is no draw ({kind.__name__}: {error})"[:200])
draw = json.loads(open(sys.argv[1], "rb").read().decode())
said, seed, N = draw["commitment"], draw["seed"].encode() + b"\0", 1000
panels, ids, seated = said["panels"], [one["id"] for one in said["pool"]], said["seated"]
hashes = (int.from_bytes(sha256(seed + i.to_bytes(8, "big")).digest(), "big") for i in range(99))
number = next(value for value in hashes if value < 2**256 // N * N) % N
wanted = [([one["attribute"], one["value"]], one["min"], one["max"]) for one in said["requirements"]]
people = [seated + [said["pool"][place] for place in panel] for panel in panels]
has = [[sum(what in one["attributes"] for one in all_) for what, _, _ in wanted] for all_ in people]
plain = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
times = {place: 0 for place in range(len(ids))}
for place in (place for panel in panels for place in panel):
    times[place] += 1
order = sorted({*ids} - {*draw["panel"]}, key=lambda id_: sha256(seed + id_.encode()).digest())
right = {
    "format": (draw["format"], said["format"]) == ("beraad-draw/1", "beraad-selection/1"),
    "hash": sha256(plain).hexdigest() == draw["commitment_sha256"],
    "people": ids == sorted({*ids}) and len({*ids, *(one["id"] for one in seated)}) == len(ids + seated),
    "attributes": all(
        len(dict(one["attributes"])) == len(one["attributes"]) for one in said["pool"] + seated
    ),
    "panels": len(panels) == N and all(panel == sorted({*panel}) for panel in panels),
    "size": {len(all_) for all_ in people} == {said["size"]},
    "requirements": all(w[1] <= n <= w[2] for some in has for n, w in zip(some, wanted, strict=True)),
    "probabilities": said["probabilities"] == [*times.values()],
    "seed": draw["randomness"] == said["randomness"] and draw["seed"].startswith(said["randomness"] + "|"),
    "number": draw["number"] == number,
    "panel": draw["panel"] == [ids[place] for place in panels[number]],
    "reserve": draw["reserve"] == order,
}
wrong = [what for what, is_right in right.items() if not is_right]
print(number, "wrong: " + ", ".join(wrong) if wrong else "good")
sys.exit(bool(wrong))
