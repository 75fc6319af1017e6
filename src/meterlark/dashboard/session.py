"""Sessions: after a login by key the browser holds a random text, and this server remembers which key it stands for.

Sessions live in memory: a restart ends them. They hold the key's id, so a revoked or expired key ends its sessions at once.
"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, NamedTuple

COOKIE: Final = "meterlark_session"
LIFE: Final = timedelta(hours=12)
"""A working day; then the key is asked for again."""

SESSIONS_MAX: Final = 10_000
"""Sessions remembered; the oldest is forgotten first. Each is some 300 bytes."""

TEXT_BYTES: Final = 32


class Session(NamedTuple):
    """One login.

    Attributes:
        key_id: Whose.
        ends_at: From when on it is nothing, aware UTC.
    """

    key_id: str
    ends_at: datetime


class Sessions:
    """The sessions of one server, by the digest of their text.

    Args:
        now: The clock; aware UTC.
        random_bytes: Gives that many random bytes from a cryptographic source.
    """

    def __init__(self, *, now: Callable[[], datetime], random_bytes: Callable[[int], bytes]) -> None:
        self._now = now
        self._random_bytes = random_bytes
        self._known: OrderedDict[bytes, Session] = OrderedDict()

    def begin(self, key_id: str) -> str:
        """Return the text of a new session."""
        text = self._random_bytes(TEXT_BYTES).hex()
        self._known[_digest(text)] = Session(key_id, self._now() + LIFE)
        if len(self._known) > SESSIONS_MAX:
            self._known.popitem(last=False)
        return text

    def key_id_of(self, text: str) -> str | None:
        """Return whose session a text stands for; None when it has ended or never was one."""
        session = self._known.get(_digest(text))
        if session is None:
            return None
        if self._now() >= session.ends_at:
            self.end(text)
            return None
        return session.key_id

    def end(self, text: str) -> None:
        """Forget a session."""
        self._known.pop(_digest(text), None)


def _digest(text: str) -> bytes:
    return sha256(text.encode()).digest()
