"""Deliver before SIGTERM ends a program that has no handler for it.

Without a handler the kernel ends the process at once: nothing of Python runs, not even `atexit`. Ours is put in place only where there is
none, so a handler that was there stays; one that is set later replaces ours, as the program wishes. Ours delivers, then ends the process by
the same signal, so whoever waits for the process sees what it would have seen.
"""

import os
import signal
import threading
import weakref
from types import FrameType
from typing import Protocol


class Deliverer(Protocol):
    """What a meter is to this file."""

    def flush(self) -> bool:
        """Deliver what waits."""

    def close(self) -> None:
        """Deliver what waits and stop."""


class SigtermHandler:
    """Closes the meters of this process, then lets the signal do its work."""

    def __init__(self) -> None:
        self.meters: weakref.WeakSet[Deliverer] = weakref.WeakSet()

    def __call__(self, number: int, _: FrameType | None) -> None:
        """Handle the signal."""
        present: object = signal.getsignal(number)
        if present is self:
            for meter in list(self.meters):
                meter.close()
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        else:
            # A handler that was set later passed the signal on; the program decides when it ends, and may meter until then.
            for meter in list(self.meters):
                meter.flush()


def deliver_on_sigterm(meter: Deliverer) -> None:
    """Close the meter when SIGTERM comes, if the program leaves the signal alone; else do nothing."""
    if threading.current_thread() is not threading.main_thread():
        # Python lets only the main thread set handlers.
        return
    handler: object = signal.getsignal(signal.SIGTERM)
    if handler is signal.SIG_DFL:
        handler = SigtermHandler()
        try:
            signal.signal(signal.SIGTERM, handler)
        except ValueError:
            # The main thread of a subinterpreter may not either.
            return
    if isinstance(handler, SigtermHandler):
        handler.meters.add(meter)
