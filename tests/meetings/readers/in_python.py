"""What python icalendar with dateutil sees: one JSON request a line on stdin, one answer a line on stdout."""

import json
import sys
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from meetings.reading import occurrences_shown


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        earliest, before = (datetime.fromisoformat(asked[name]) for name in ("from", "before"))
        shown = [
            {
                "uid": one.uid,
                "start": one.start.isoformat(),
                "end": one.end.isoformat(),
                "recurrence_id": one.recurrence_id.isoformat() if one.recurrence_id else None,
                "status": one.status,
            }
            for one in occurrences_shown(asked["text"])
            if earliest <= one.start < before
        ]
        print(json.dumps(shown), flush=True)


if __name__ == "__main__":
    main()
