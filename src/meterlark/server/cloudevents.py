"""CloudEvents over HTTP: which events a request carries, by its content type (CloudEvents HTTP protocol binding 1.0.2, section 3).

Structured mode, batched mode, `application/json` with either, and binary mode, in which the attributes are `ce-` headers and the body is
the data alone.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final, assert_never

from meterlark.model.errors import UnsupportedMediaTypeError
from meterlark.model.event import DEFAULT_NAMESPACE, Event, decode_any, decode_batch, decode_event
from meterlark.server.binary_mode import decode_binary_event, is_binary_mode
from meterlark.server.reply import JSON_TYPE

EVENT_TYPE: Final = "application/cloudevents+json"
BATCH_TYPE: Final = "application/cloudevents-batch+json"


class Mode(StrEnum):
    """How a request carries events."""

    EVENT = "structured"
    BATCH = "batched"
    EITHER = "either"
    BINARY = "binary"


def mode_of(headers: Mapping[bytes, bytes]) -> Mode:
    """Return how a request carries events; parameters of the content type, such as `charset=utf-8`, are allowed.

    Raises:
        UnsupportedMediaTypeError: Another content type.
    """
    content_type = headers.get(b"content-type", b"")
    name = content_type.partition(b";")[0].strip().lower()
    if name == b"application/cloudevents-batch+json":
        return Mode.BATCH
    if name == b"application/cloudevents+json":
        return Mode.EVENT
    if is_binary_mode(headers):
        return Mode.BINARY
    if name == b"application/json":
        return Mode.EITHER
    raise UnsupportedMediaTypeError(
        f"invalid content type: {content_type[:80].decode('latin-1') or 'none'}; allowed are {EVENT_TYPE}, {BATCH_TYPE} and {JSON_TYPE}",
        field="content-type",
    )


def read_events(mode: Mode, headers: Mapping[bytes, bytes], body: bytes, *, received_at: datetime, limit: int) -> list[Event]:
    """Return the events of a request.

    Args:
        mode: From `mode_of`.
        headers: By lower-case name.
        body: Decompressed.
        received_at: Aware UTC.
        limit: Most events of one request, inclusive.

    Raises:
        InvalidInputError: An event is not valid; `field` is such as `[3].subject`.
        TooLargeError: More than `limit` events.
    """
    match mode:
        case Mode.BATCH:
            return decode_batch(body, namespace=DEFAULT_NAMESPACE, received_at=received_at, limit=limit)
        case Mode.EITHER:
            return decode_any(body, namespace=DEFAULT_NAMESPACE, received_at=received_at, limit=limit)
        case Mode.EVENT:
            return [decode_event(body, namespace=DEFAULT_NAMESPACE, received_at=received_at)]
        case Mode.BINARY:
            return [decode_binary_event(headers, body, namespace=DEFAULT_NAMESPACE, received_at=received_at)]
        case _:
            assert_never(mode)
