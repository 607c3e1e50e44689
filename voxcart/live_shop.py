"""Knows which opening of the shop the next call gets when the merchant edits the file. Knows no call and no audio."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock

import structlog

from commerce.errors import CommerceError
from nlu.errors import NluError
from voice.recognizer import Recognizer
from voxcart.build import Front, open_shop
from voxcart.config import Config
from voxcart.errors import VoxcartError

logger = structlog.get_logger(__name__)

Stamp = tuple[int, int, int] | None
"""Inode, size and time of the last change; None = there is no file."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The shop as it was when its file was read, with what hears its words, where calls are spoken."""

    front: Front
    digest: str
    recognizer: Recognizer | None = None


class LiveShop:
    """Serves each call from the newest shop file that is valid; calls keep the opening that they began with.

    A changed file is read in a thread of its own; until that is done, and wherever it fails, the opening before stays.
    `open_front` opens the shop as its file is now; `hear` makes the recogniser of its words, without touching the one
    of running calls. Both block. The constructor raises what they raise.
    """

    def __init__(
        self,
        config: Config,
        choice: str | None = None,
        hear: Callable[[Front], Recognizer] | None = None,
        open_front: Callable[[], Front] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path = config.shop_file(choice)
        self._open_front = open_front or partial(open_shop, config, choice, connect=True)
        self._hear = hear
        self._clock = clock
        self._every_s = 60 * config.connectors.catalogue_minutes if "catalogue" in config.connectors.elsewhere else 0.0
        self._asked = clock()
        self._lock = Lock()
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="shop-file")
        self._reading: Future[None] | None = None
        self._stamp = _stamp_of(self._path)
        self._current = self._open(_digest_of(self._path))
        self._calls: dict[int, int] = {}
        self._retired: dict[int, Opening] = {}

    def front(self) -> Front:
        """The shop for the next call, which must `leave` it when it ends."""
        return self.enter().front

    def enter(self) -> Opening:
        """The opening for the next call, which must `leave` its front. Looks at the file; does not wait."""
        self.look()
        with self._lock:
            opening = self._current
            self._calls[id(opening.front)] = self._calls.get(id(opening.front), 0) + 1
            return opening

    def leave(self, front: Front) -> None:
        """A call with this front has ended. The last one closes a front that is no longer current."""
        key = id(front)
        with self._lock:
            self._calls[key] -= 1
            if self._calls[key]:
                return
            del self._calls[key]
            retired = self._retired.pop(key, None)
        if retired is not None:
            retired.front.close()

    @contextmanager
    def call(self) -> Iterator[Opening]:
        """The opening for one call, from its beginning to its end."""
        opening = self.enter()
        try:
            yield opening
        finally:
            self.leave(opening.front)

    def look(self) -> None:
        """Begin to read the file if it has changed. A line that waits for calls looks now and then, so that the next
        call finds the new shop ready."""
        with self._lock:
            busy = self._reading is not None and not self._reading.done()
            if not busy and (_stamp_of(self._path) != self._stamp or self._is_due()):
                self._reading = self._reader.submit(self._read)

    def settle(self, patience_s: float | None = None) -> None:
        """Wait until a reading that has begun is done. Raises TimeoutError."""
        reading = self._reading
        if reading is not None:
            reading.result(patience_s)

    def close(self) -> None:
        """Close every front; calls must have ended."""
        self._reader.shutdown(wait=True)
        with self._lock:
            openings = [self._current, *self._retired.values()]
            self._retired.clear()
        for opening in openings:
            opening.front.close()

    def _is_due(self) -> bool:
        """Whether it is time to ask if the catalogue that is kept elsewhere has changed."""
        return bool(self._every_s) and self._clock() - self._asked >= self._every_s

    def _read(self) -> None:
        """Open the shop anew, until the file is one that stayed the same while it was read."""
        if self._is_due():
            self._asked = self._clock()
            self._ask()
        while (stamp := _stamp_of(self._path)) != self._stamp:
            self._stamp = stamp
            try:
                self._take(_digest_of(self._path))
            except (CommerceError, NluError, VoxcartError, OSError) as error:
                logger.warning("shop file not taken", file=str(self._path), error=str(error))
            except Exception as error:
                logger.exception("shop not opened", file=str(self._path), error=type(error).__name__)

    def _ask(self) -> None:
        connection = self._current.front.connection
        try:
            if connection is not None and connection.has_changed():
                self._take(_digest_of(self._path), anew=True)
        except (CommerceError, NluError, VoxcartError, OSError) as error:
            logger.warning("catalogue not taken", error=str(error))
        except Exception as error:
            logger.exception("shop not opened", file=str(self._path), error=type(error).__name__)

    def _take(self, digest: str, anew: bool = False) -> None:
        if digest == self._current.digest and not anew:
            return
        opening = self._open(digest)
        if _digest_of(self._path) != digest:  # it was written to meanwhile, and is read again
            opening.front.close()
            return
        with self._lock:
            before, self._current = self._current, opening
            used = id(before.front) in self._calls
            if used:
                self._retired[id(before.front)] = before
        if not used:
            before.front.close()
        logger.info("shop file taken", file=str(self._path), products=len(opening.front.catalog.products))

    def _open(self, digest: str) -> Opening:
        front = self._open_front()
        try:
            return Opening(front, digest, None if self._hear is None else self._hear(front))
        except BaseException:
            front.close()
            raise


def _stamp_of(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
