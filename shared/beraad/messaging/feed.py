"""Reading the publishers' event feeds over HTTP: the embedded transport, gap repair, rebuild."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping, Sequence
from typing import Any

import urllib3

from beraad.clock import real_now
from beraad.contracts import PUBLISHERS
from beraad.messaging.bell import Bell
from beraad.messaging.envelope import PRIVATE_SUFFIX, Envelope, UnreadableMessage, Watermark, from_json
from beraad.messaging.sources import Batch, Cursors, FeedUnavailable, Page

WATERMARK_EVERY = 5.0
TRY_AGAIN_AFTER = 0.5
TIMEOUT = urllib3.Timeout(connect=2, read=5)


class FeedClient:
    """One service's access to the others' feeds, with its static key."""

    def __init__(self, service: str, key: str, urls: Mapping[str, str]) -> None:
        """`urls`: publisher → root address of its API."""
        self._urls = urls
        self._pool = urllib3.PoolManager(
            maxsize=2, timeout=TIMEOUT, retries=False, headers={"Authorization": f"Service {service}:{key}"}
        )

    def read(self, stream: str, epoch: int, after: int, limit: int) -> Page:
        """Events after `(epoch, after)` and how far the stream goes. Raises `FeedUnavailable`."""
        asked_at = real_now()  # what the publisher says is at least as new as the question
        answer = self._ask("GET", f"{self._path(stream)}?after={epoch}:{after}&limit={limit}")
        try:
            watermark = Watermark(stream, answer["epoch"], answer["position"], asked_at)
            return Page([from_json(event) for event in answer["events"]], watermark, answer["shared"])
        except (KeyError, TypeError, UnreadableMessage) as error:
            raise FeedUnavailable(f"the feed of {stream} cannot be read: {error}") from error

    def confirm(self, stream: str, position: int) -> None:
        """Tell the publisher of a private stream what is safely stored, so that it forgets the bodies."""
        self._ask("DELETE", f"{self._path(stream)}?through={position}")

    def _path(self, stream: str) -> str:
        private = stream.endswith(PRIVATE_SUFFIX)
        return self._urls[stream.removesuffix(PRIVATE_SUFFIX)] + (
            "/v1/private-events" if private else "/v1/events"
        )

    def _ask(self, method: str, url: str) -> Any:
        try:
            response = self._pool.request(method, url)
        except urllib3.exceptions.HTTPError as error:
            raise FeedUnavailable(f"{url}: {error}") from error
        if response.status not in (200, 204):
            raise FeedUnavailable(f"{url} answered {response.status}{_detail(response.data)}")
        try:
            return json.loads(response.data) if response.data else None
        except ValueError as error:
            raise FeedUnavailable(f"{url} answered no JSON") from error


def _detail(problem: bytes) -> str:
    """What a problem document says, for whoever reads the logs."""
    try:
        return f": {json.loads(problem)['detail']}"
    except (ValueError, KeyError, TypeError):
        return ""


class FeedSource:
    """A consumer's source where there is no broker: reads the feeds, sleeps on the bell in between.

    A publisher that rings with its mark (its place in `PUBLISHERS`) is read at once, the others every
    `look_around_every` seconds; where nobody has a mark that is 0, and every feed is read every time.
    """

    def __init__(
        self, client: FeedClient, streams: Sequence[str], bell: Bell, *, look_around_every: float = 0.0
    ) -> None:
        """`streams` are read in turn; a ring of `bell` cuts the wait short."""
        self._client = client
        self._streams = streams
        self._bell = bell
        self._look_around_every = look_around_every
        self._look_around_at = 0.0
        self._unread: set[str] = set()
        self._unanswered = False
        self._told_at: dict[str, float] = {}
        self._confirmed: dict[str, tuple[int, int]] = {}

    def take(self, cursors: Cursors, limit: int, timeout: float) -> Batch:
        """What is new in any feed. A feed that does not answer is passed over until the next call."""
        heard = self._bell.rings
        self._choose()
        batch = self._look(cursors, limit)
        if not batch.events:
            self._bell.wait(min(timeout, self._longest_wait()), heard)
            batch.watermarks = [mark for mark in batch.watermarks if self._is_news(mark)]
        self._told_at.update(dict.fromkeys((mark.stream for mark in batch.watermarks), time.monotonic()))
        return batch

    def _longest_wait(self) -> float:
        if self._unanswered:
            return TRY_AGAIN_AFTER
        if self._look_around_every:
            return max(0.0, self._look_around_at - time.monotonic())
        return math.inf

    def _is_news(self, watermark: Watermark) -> bool:
        """Each stream's watermark is handed on every five seconds: writing it more often would tell nothing."""
        return time.monotonic() - self._told_at.get(watermark.stream, -math.inf) >= WATERMARK_EVERY

    def _choose(self) -> None:
        ringers = {PUBLISHERS[mark] for mark in self._bell.ringers() if mark < len(PUBLISHERS)}
        everything = time.monotonic() >= self._look_around_at
        if everything:
            self._look_around_at = time.monotonic() + self._look_around_every
        self._unread |= {s for s in self._streams if everything or s.removesuffix(PRIVATE_SUFFIX) in ringers}

    def _look(self, cursors: Cursors, limit: int) -> Batch:
        batch, standing, self._unanswered = Batch(), cursors(), False
        for stream in [stream for stream in self._streams if stream in self._unread]:
            cursor = standing[stream]
            try:
                page = self._client.read(stream, cursor.epoch, cursor.position, limit)
            except FeedUnavailable:
                self._unanswered = True
                continue
            batch.events.extend(page.events)
            batch.watermarks.append(page.watermark)
            if not page.events or page.events[-1].position >= page.watermark.position:
                self._unread.discard(stream)
        return batch

    def settle(self, batch: Batch) -> None:
        """Private bodies may be forgotten now."""
        told: list[Envelope | Watermark] = [*batch.events]
        told.extend(batch.watermarks)  # the consumer reads up to the watermark too
        for stream in (stream for stream in self._streams if stream.endswith(PRIVATE_SUFFIX)):
            place = max(((one.epoch, one.position) for one in told if one.stream == stream), default=(0, 0))
            if place[1] and place > self._confirmed.get(stream, (0, 0)):
                self._client.confirm(stream, place[1])
                self._confirmed[stream] = place

    def keep_alive(self) -> None:
        """There is no connection to keep."""

    def close(self) -> None:
        """Nothing is held open between calls."""
