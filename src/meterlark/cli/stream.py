"""The live tail read over HTTP: server-sent events, with a new connection when one is lost."""

import http.client
import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Final
from urllib.parse import urlencode, urlsplit

import msgspec

from meterlark.capture.sse import SseParser
from meterlark.config import sdk_key
from meterlark.model.errors import InvalidInputError, UnavailableError
from meterlark.sdk.api import Reply
from meterlark.sdk.usage import check_reply

TAIL_PATH: Final = "/api/v1/events/tail"
SILENCE_SECONDS_MAX: Final = 40
"""The server sends a comment after 15 s without an event; two of them may be late before the connection counts as lost."""

PAUSES_SECONDS: Final = (0.5, 1, 2, 5, 10, 15)
"""Waits between attempts to connect; the last one is repeated."""

PIECE_BYTES: Final = 64 * 1024
PROBLEM_BYTES_MAX: Final = 64 * 1024
"""Bytes that are read of an answer that is not the tail."""

_ID: Final = re.compile(rb"id: (\d{1,18})")


class Tailed(msgspec.Struct, frozen=True):
    """One event of the tail.

    Attributes:
        sequence: Its place in the ledger.
        text: JSON text of the stored event.
    """

    sequence: int
    text: str


class Connection:
    """One connection to the tail.

    Args:
        url: The server's address.
        parameters: Of the tail; those that are None are left out.

    Raises:
        InvalidInputError: The address is not one.
        MeterlarkError: The server refuses, as `check_reply`.
        OSError: It cannot be reached.
    """

    def __init__(self, url: str, parameters: Mapping[str, str | None]) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InvalidInputError(f"the server's address is {url!r}; it looks like http://127.0.0.1:8888", field="url")
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname, parts.port, timeout=SILENCE_SECONDS_MAX)
        key = sdk_key()
        headers = {"accept": "text/event-stream", **({"authorization": f"Bearer {key}"} if key else {})}
        query = urlencode({name: value for name, value in parameters.items() if value is not None})
        try:
            self._connection.request("GET", f"{parts.path.rstrip('/')}{TAIL_PATH}?{query}", headers=headers)
            self._response = self._connection.getresponse()
            if self._response.status != 200:
                check_reply(Reply(self._response.status, self._response.read(PROBLEM_BYTES_MAX), None))
        except BaseException:
            self._connection.close()
            raise

    def __iter__(self) -> Iterator[Tailed]:
        """Yield events until the server ends the stream.

        Raises:
            OSError: The connection is lost, or silent for too long.
        """
        ids, events = _Ids(), SseParser()
        while piece := self._response.read1(PIECE_BYTES):
            ids.feed(piece)
            for event in events.feed(piece):
                yield Tailed(ids.take(), event.data)

    def close(self) -> None:
        """Leave."""
        self._response.close()
        self._connection.close()


def follow(
    url: str, parameters: Mapping[str, str | None], *, lost: Callable[[str, float], None], sleep: Callable[[float], None] = time.sleep
) -> Iterator[Tailed]:
    """Yield events as they are stored, for ever; a lost connection is made anew behind the last event that was seen.

    Args:
        url: The server's address.
        parameters: `subject`, `type` and `after`; those that are None are left out.
        lost: Told why a connection is lost, and after how many seconds the next attempt comes.
        sleep: Waits.

    Raises:
        MeterlarkError: The server refuses, as `check_reply`; the first connection cannot be made.
    """
    after = parameters.get("after")
    failures, was_connected = 0, False
    while True:
        try:
            connection = Connection(url, {**parameters, "after": after})
            was_connected = True
            try:
                for tailed in connection:
                    failures, after = 0, str(tailed.sequence)
                    yield tailed
            finally:
                connection.close()
            reason = "the server ended the stream"
        except (OSError, http.client.HTTPException, UnavailableError) as error:
            if not was_connected and not isinstance(error, UnavailableError):
                raise UnavailableError(
                    f"no Meterlark server answers at {url} ({error}); start one with 'meterlark serve', or name it with --url"
                ) from error
            reason = str(error)
        pause = PAUSES_SECONDS[min(failures, len(PAUSES_SECONDS) - 1)]
        failures += 1
        lost(reason, pause)
        sleep(pause)


class _Ids:
    """The ids of events, which the shared parser of server-sent events does not keep: each event of the tail has one, before its data."""

    def __init__(self) -> None:
        self._rest = b""
        self._found: list[int] = []

    def feed(self, piece: bytes) -> None:
        *lines, self._rest = (self._rest + piece).split(b"\n")
        self._found += [int(match[1]) for line in lines if (match := _ID.fullmatch(line)) is not None]

    def take(self) -> int:
        assert self._found, "the server gives each event of the tail an id"
        return self._found.pop(0)
