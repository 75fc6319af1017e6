"""Read abandoned streams to their end in the background, so that the provider's own usage is learned.

The caller has left and waits for nothing: a synchronous stream is read on by a thread of its own, an asynchronous one by a task on its
loop, as far as the limits go. What ends too early, by a limit, by the network, with its client or with the program, is counted as far as it
came. Streams of other loops than asyncio's are not read on.
"""

import asyncio
import contextlib
import logging
import os
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from meterlark.sdk.observation import Observation
from meterlark.sdk.shielded import Shielded

_log: Final = logging.getLogger("meterlark")


class DrainLimits(msgspec.Struct, frozen=True):
    """How far streams are read on.

    Attributes:
        seconds_max: Of one stream.
        bytes_max: Of one stream, from where the caller left it.
        number_max: Streams at a time; one more is cancelled.
    """

    seconds_max: float
    bytes_max: int
    number_max: int


class Drain:
    """A place for one stream that is read on.

    Attributes:
        observation: Told of the rest of the stream.
        owner: Whose streams end together: the metering of a client.
        loop: The event loop that it is read on; None for a thread.
        task: What reads it on the loop; kept here, because a loop keeps none alive.
        connection: A socket of our own on the connection of this stream, if there is no other on it; shutting it down is what ends a read
            that waits in a thread.
        over: Set when it is over.
    """

    def __init__(self, observation: Observation, owner: object, loop: asyncio.AbstractEventLoop | None) -> None:
        self.observation = observation
        self.owner = owner
        self.loop = loop
        self.task: asyncio.Task[None] | None = None
        self.connection: socket.socket | None = None
        self.over = threading.Event()
        self.process_id = os.getpid()

    def stop(self) -> None:
        """End it; at any time, in any thread."""
        self.observation.finish(is_drained=True)
        # The stream may have ended in the same moment, or the loop, which has cancelled its tasks then.
        with contextlib.suppress(OSError, RuntimeError):
            if self.connection is not None:
                self.connection.shutdown(socket.SHUT_RDWR)
            if self.task is not None:
                self.task.get_loop().call_soon_threadsafe(self.task.cancel)


class Drains:
    """The streams of one meter that are read on.

    Args:
        limits: How far.
    """

    def __init__(self, limits: DrainLimits) -> None:
        self._limits = limits
        self._changing = threading.Lock()
        self._open: set[Drain] = set()
        self._is_closed = False

    @property
    def are_none(self) -> bool:
        """Whether no stream is read on."""
        return not self._present()

    def begin(self, observation: Observation, owner: object, loop: asyncio.AbstractEventLoop | None = None) -> Drain | None:
        """Take a place; None if all are taken. Never in a destructor: it takes a lock."""
        with self._changing:
            if self._is_closed or len(self._present()) >= self._limits.number_max:
                return None
            drain = Drain(observation, owner, loop)
            self._open.add(drain)
            return drain

    def wait(self, timeout_seconds: float) -> bool:
        """Wait until those begun so far are over; False if that took longer, or they are tasks of the loop that this would block."""
        until = time.monotonic() + timeout_seconds
        here = running_loop()
        are_over = True
        for drain in self._present():
            waits_for_itself = drain.loop is not None and drain.loop is here
            are_over &= drain.over.wait(0 if waits_for_itself else max(0.0, until - time.monotonic()))
        return are_over

    def stop(self, owner: object) -> None:
        """End those of one owner."""
        for drain in self._present():
            if drain.owner is owner:
                drain.stop()

    async def stop_here(self, owner: object) -> None:
        """End those of one owner, and wait until the tasks of this loop have closed what they read."""
        here = running_loop()
        tasks = [drain.task for drain in self._present() if drain.owner is owner and drain.task is not None and drain.loop is here]
        self.stop(owner)
        if tasks:
            await asyncio.gather(*tasks, return_exceptions=True)

    def close(self) -> None:
        """End all, and begin no more."""
        with self._changing:
            self._is_closed = True
        for drain in self._present():
            drain.stop()

    def read(self, drain: Drain, pieces: Iterator[bytes], stream: Any) -> None:
        """Read on in a thread.

        Args:
            drain: The place taken.
            pieces: The iterator that the caller has left.
            stream: What to close.

        Raises:
            RuntimeError: No thread can be started.
        """
        threading.Thread(target=self._read, args=(drain, pieces, stream), name="meterlark-drain", daemon=True).start()

    async def read_async(self, drain: Drain, pieces: Shielded, stream: Any) -> None:
        """Read on; a task of its own."""
        drain.task = asyncio.current_task()
        try:
            async with asyncio.timeout(self._limits.seconds_max):
                left = self._limits.bytes_max
                async for piece in pieces:
                    drain.observation.add(piece)
                    left -= len(piece)
                    if left < 0 or drain.observation.is_finished:
                        break
                else:
                    drain.observation.finish(is_complete=True, is_drained=True)
        except Exception as error:  # noqa: BLE001 - the network fails in many ways; what came before is metered
            _note("read to its end", error)
        finally:
            drain.observation.finish(is_drained=True)
            try:
                await pieces.cancel()
                await stream.aclose()
            except Exception as error:  # noqa: BLE001 - as above
                _note("closed", error)
            finally:
                self.end(drain)

    def end(self, drain: Drain) -> None:
        """Give a place back."""
        if drain.connection is not None:
            drain.connection.close()
        with self._changing:
            self._open.discard(drain)
        drain.over.set()

    def _read(self, drain: Drain, pieces: Iterator[bytes], stream: Any) -> None:
        alarm = threading.Timer(self._limits.seconds_max, drain.stop)
        alarm.daemon = True
        alarm.start()
        try:
            left = self._limits.bytes_max
            for piece in pieces:
                drain.observation.add(piece)
                left -= len(piece)
                if left < 0 or drain.observation.is_finished:
                    break
            else:
                drain.observation.finish(is_complete=True, is_drained=True)
        except Exception as error:  # noqa: BLE001 - the network fails in many ways; what came before is metered
            _note("read to its end", error)
        finally:
            alarm.cancel()
            drain.observation.finish(is_drained=True)
            try:
                stream.close()
            except Exception as error:  # noqa: BLE001 - as above
                _note("closed", error)
            finally:
                self.end(drain)

    def _present(self) -> list[Drain]:
        # A forked child has the parent's in its memory, and not their threads.
        return [drain for drain in list(self._open) if drain.process_id == os.getpid()]


def running_loop() -> asyncio.AbstractEventLoop | None:
    """Return asyncio's loop that runs here; None if there is none, or another one such as trio's."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _note(what: str, error: Exception) -> None:
    _log.debug("an abandoned stream could not be %s: %r", what, error)
