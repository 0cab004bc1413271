"""The `beraad` command with a consumer that takes one event at a time: what is measured is what batching is worth."""

from beraad.cli import main
from beraad.messaging import consumer

consumer.BATCH = 1
main()
