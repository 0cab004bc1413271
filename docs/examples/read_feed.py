import json
import sqlite3
import sys
import time
from pathlib import Path
from urllib.request import Request, urlopen

feed, key, kept = sys.argv[1], Path(sys.argv[2]).read_text().strip(), sqlite3.connect(sys.argv[3])
kept.execute("CREATE TABLE IF NOT EXISTS heard (sequence PRIMARY KEY, type, data)")
kept.execute("CREATE TABLE IF NOT EXISTS cursor AS SELECT 1 AS epoch, 0 AS position")
while True:
    epoch, position = kept.execute("SELECT epoch, position FROM cursor").fetchone()
    asked = Request(f"{feed}?after={epoch}:{position}", headers={"Authorization": f"ApiKey {key}"})
    try:
        answer = json.load(urlopen(asked, timeout=10))
    except OSError as error:  # it is away, or the key does not count: nothing is lost by waiting
        print(error, flush=True)
        answer = {"epoch": epoch, "events": []}
    with kept:  # one transaction: what you do about the events, and how far you have come
        if answer["epoch"] > epoch:  # restored from a backup: this answer begins its log anew
            kept.execute("DELETE FROM heard")
        for event in answer["events"]:
            epoch, position = map(int, event["sequence"].split(":"))
            row = (event["sequence"], event["type"], json.dumps(event["data"]))
            kept.execute("INSERT INTO heard VALUES (?, ?, ?)", row)
            kept.execute("UPDATE cursor SET epoch = ?, position = ?", (epoch, position))
    time.sleep(0 if answer["events"] else 1)
