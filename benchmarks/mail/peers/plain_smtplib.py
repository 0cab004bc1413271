"""smtplib as its documentation shows it: one kept connection, one message after the other, from memory."""

import json
import os
import smtplib
from pathlib import Path

lines = Path(os.environ["PEER_MESSAGES"]).read_text().splitlines()
messages = [json.loads(line) for line in lines]
with smtplib.SMTP("127.0.0.1", int(os.environ["PEER_PORT"])) as client:
    for message in messages:
        refused = client.sendmail(os.environ["PEER_SENDER"], [message["to"]], message["content"].encode())
        assert not refused
