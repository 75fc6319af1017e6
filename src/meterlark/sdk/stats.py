"""What a meter counts about itself, so that nothing it loses is lost in silence."""

import logging
import threading
from typing import Final, Literal

import msgspec

Outcome = Literal["sent", "recovered", "dropped", "rejected", "failed", "unmetered", "retries"]

_log: Final = logging.getLogger("meterlark")


class Stats(msgspec.Struct, frozen=True):
    """Counters of one meter since it was made, in this process; `queued` and `spooled` are of now.

    Attributes:
        queued: Metered here and neither delivered nor given up yet, in memory or on disk.
        spooled: On disk, where they outlive the process: those of `queued` that are there, and those taken over from ended processes.
        sent: Metered here and acknowledged by the server.
        recovered: Left on disk by processes that have ended, and sent by this one.
        dropped: Lost: too many waited, the process ended before the server or the disk took them, or the disk gave back damaged ones.
        rejected: Refused by the server for what they say.
        failed: Not metered because of a defect in Meterlark; the log has the reason.
        unmetered: Calls of a kind that is not metered (see `Meter.wrap`).
        retries: Requests that had to be repeated.
        last_error: The latest thing that went wrong, empty if nothing has.
    """

    queued: int
    spooled: int
    sent: int
    recovered: int
    dropped: int
    rejected: int
    failed: int
    unmetered: int
    retries: int
    last_error: str


class Counters:
    """Counts outcomes and logs the first of each kind loudly; safe to use from any thread, destructor and signal handler."""

    def __init__(self) -> None:
        # Re-entrant, because a destructor may run, and count, in the very thread that is counting.
        self._lock = threading.RLock()
        self._counts: dict[Outcome, int] = dict.fromkeys(("sent", "recovered", "dropped", "rejected", "failed", "unmetered", "retries"), 0)
        self.last_error = ""

    def add(self, outcome: Outcome, number: int = 1) -> bool:
        """Count; True if it is the first of its kind."""
        with self._lock:
            self._counts[outcome] += number
            return self._counts[outcome] == number

    def drop(self, number: int, why: str) -> None:
        """Note events that are lost."""
        if number:
            is_first = self.add("dropped", number)
            self.last_error = f"dropped: {why}"
            _log.log(logging.ERROR if is_first else logging.DEBUG, "meterlark drops events: %s", why)

    def reject(self, why: str) -> None:
        """Note an event that the server will never take."""
        is_first = self.add("rejected")
        self.last_error = why
        _log.log(logging.ERROR if is_first else logging.DEBUG, "the Meterlark server refuses an event: %s", why)

    def fail(self, error: Exception) -> None:
        """Note a defect of ours that was kept from the caller."""
        is_first = self.add("failed")
        self.last_error = repr(error)
        _log.log(logging.WARNING if is_first else logging.DEBUG, "meterlark could not meter a call: %r", error, exc_info=error)

    def leave_unmetered(self, what: str) -> None:
        """Note a call that is not metered."""
        is_first = self.add("unmetered")
        _log.log(logging.WARNING if is_first else logging.DEBUG, "meterlark does not meter %s", what)

    def stats(self, *, queued: int, spooled: int) -> Stats:
        """Return the counters."""
        with self._lock:
            return Stats(queued=queued, spooled=spooled, last_error=self.last_error, **self._counts)
