"""The server as the commands see it: HTTP, with errors as the exception tree."""

import http.client
from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType
from typing import Final, Self, TypeVar
from urllib.parse import urlencode

import msgspec

from meterlark.config import sdk_address, sdk_key
from meterlark.model.errors import InvalidInputError, MeterlarkError, UnavailableError
from meterlark.sdk.api import Api, Reply
from meterlark.sdk.usage import UsageRow, check_reply, query_path, read_rows

Kind = TypeVar("Kind")

EVENTS_PATH: Final = "/api/v1/events"
BATCH_TYPE: Final = "application/cloudevents-batch+json"
BATCH_EVENTS: Final = 500
"""Events of one request: half of the server's default limit."""

BATCH_BYTES: Final = 2 * 1024 * 1024
"""Bytes of one request: half of the server's default limit."""

TIMEOUT_SECONDS: Final = 60.0
"""Longer than a question may wait in the server for the warehouse to catch up (30 s)."""


class Verdicts(msgspec.Struct):
    """What became of the events sent so far.

    Attributes:
        new: Counted now.
        duplicate: Counted before, with the same content.
        conflict: Came before with another content; kept and listed, not counted.
    """

    new: int = 0
    duplicate: int = 0
    conflict: int = 0

    def add(self, other: "Verdicts") -> None:
        """Add the counts of another request."""
        self.new += other.new
        self.duplicate += other.duplicate
        self.conflict += other.conflict


class Client:
    """One connection to a server.

    Args:
        url: Its address; None takes METERLARK_URL, else the default port on this machine.
        timeout_seconds: How long one answer may take.
    """

    def __init__(self, url: str | None, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self.url = url or sdk_address()
        self._api = Api(self.url, key=sdk_key(), timeout_seconds=timeout_seconds)

    def send(self, events: list[bytes]) -> Verdicts:
        """Send a batch of event texts and return what became of them.

        Raises:
            InvalidInputError: An event is refused; `field` is such as `[3].subject`. Nothing of the batch was stored.
            UnavailableError: The server does not answer or cannot store now.
        """
        reply = self._request("POST", EVENTS_PATH, b"[" + b",".join(events) + b"]", {"prefer": "return=representation"})
        return msgspec.json.decode(reply.body, type=Verdicts)

    def query(self, meter: str, parameters: Mapping[str, str | list[str] | None]) -> list[UsageRow]:
        """Ask for usage.

        Raises:
            NotFoundError: There is no such meter.
            InvalidInputError: A parameter is wrong.
            UnavailableError: The server does not answer.
        """
        return read_rows(self._request("GET", query_path(meter, parameters)))

    def call(self, method: str, path: str, body: object = None) -> bytes:
        """Make any other call with a JSON body, and return the answer's body.

        Raises:
            MeterlarkError: As `check_reply`.
        """
        text = None if body is None else msgspec.json.encode(body)
        return self._request(method, path, text, content_type="application/json").body

    def fetch(self, path: str, kind: type[Kind], parameters: Mapping[str, str | list[str] | None] | None = None) -> Kind:
        """Ask for something and return the answer as a type; parameters that are None are left out, lists are repeated.

        Raises:
            MeterlarkError: As `check_reply`, or the answer is not that of a Meterlark server.
        """
        body = self.download(path, parameters).body
        try:
            return msgspec.json.decode(body, type=kind)
        except msgspec.DecodeError as error:
            raise MeterlarkError(f"the answer to {path} is not that of a Meterlark server: {error}") from error

    def download(self, path: str, parameters: Mapping[str, str | list[str] | None] | None = None, *, accept: str = "") -> Reply:
        """Ask for something in the form that `accept` names, and return the whole answer.

        Raises:
            MeterlarkError: As `check_reply`.
        """
        given = {name: value for name, value in (parameters or {}).items() if value is not None}
        query = f"?{urlencode(given, doseq=True)}" if given else ""
        return self._request("GET", path + query, headers={"accept": accept} if accept else None)

    def close(self) -> None:
        """Close the connection."""
        self._api.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close."""
        self.close()

    def _request(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None, *, content_type: str = BATCH_TYPE
    ) -> Reply:
        try:
            reply = self._api.request(method, path, body, content_type=content_type if body is not None else "", headers=headers)
        except (OSError, http.client.HTTPException) as error:
            raise UnavailableError(
                f"no Meterlark server answers at {self.url} ({error}); start one with 'meterlark serve', or name it with --url"
            ) from error
        check_reply(reply)
        return reply


def batches(events: Iterable[tuple[str, bytes]]) -> Iterator[list[tuple[str, bytes]]]:
    """Group named event texts into requests.

    Raises:
        InvalidInputError: One event alone is too large for a request.
    """
    batch: list[tuple[str, bytes]] = []
    size = 0
    for name, text in events:
        if len(text) > BATCH_BYTES:
            raise InvalidInputError(f"{name}: the event has {len(text)} bytes; at most {BATCH_BYTES} are sent")
        if batch and (len(batch) >= BATCH_EVENTS or size + len(text) > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append((name, text))
        size += len(text) + 1
    if batch:
        yield batch
