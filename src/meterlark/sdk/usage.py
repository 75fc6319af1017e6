"""Rows of a usage query, as the server answers them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from urllib.parse import quote, urlencode

import msgspec

from meterlark.model.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    MeterlarkError,
    NotFoundError,
    UnauthenticatedError,
    UnavailableError,
)
from meterlark.sdk.api import Reply


class UsageRow(msgspec.Struct, frozen=True, rename="camel"):
    """The usage of one window and one group.

    Attributes:
        value: The aggregated value, exact.
        window_start: Start of the window, aware, inclusive.
        window_end: End of the window, aware, exclusive.
        subject: Set if the query groups by subject.
        group_by: The values of the groups asked for; None where an event has none.
    """

    value: Decimal
    window_start: datetime
    window_end: datetime
    subject: str | None = None
    group_by: dict[str, str | None] = {}


class _Answer(msgspec.Struct, frozen=True):
    data: list[UsageRow]


def query_path(slug: str, parameters: Mapping[str, str | datetime | Sequence[str] | None]) -> str:
    """Return path and query of a usage query; None is left out, a list is repeated.

    Raises:
        InvalidInputError: A time has no zone.
    """
    pairs: list[tuple[str, str]] = []
    for name, value in parameters.items():
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise InvalidInputError(f"{name} is {value}, a time without a zone; give one, such as datetime.UTC", field=name)
            pairs.append((name, value.isoformat()))
        elif isinstance(value, str):
            pairs.append((name, value))
        elif value is not None:
            pairs.extend((name, item) for item in value)
    return f"/api/v1/meters/{quote(slug, safe='')}/query" + (f"?{urlencode(pairs)}" if pairs else "")


def check_reply(reply: Reply) -> None:
    """Raise the error that an answer tells of; return for a success.

    Raises:
        NotFoundError: The named thing does not exist.
        InvalidInputError: A parameter or an event is wrong; `field` names it if the server does.
        UnavailableError: The server cannot answer now.
        MeterlarkError: Any other answer that is no success.
    """
    match reply.status:
        case status if 200 <= status <= 299:
            return
        case 401:
            raise UnauthenticatedError(reply.detail)
        case 403:
            raise ForbiddenError(reply.detail)
        case 404:
            raise NotFoundError(reply.detail)
        case 400 | 413 | 415 | 422:
            raise InvalidInputError(reply.detail, field=reply.field)
        case 409:
            raise ConflictError(reply.detail)
        case 429 | 502 | 503 | 504:
            raise UnavailableError(reply.detail, retry_after_seconds=reply.retry_after_seconds or 1)
        case _:
            raise MeterlarkError(f"the server answered with status {reply.status}: {reply.detail}")


def read_rows(reply: Reply) -> list[UsageRow]:
    """Return the rows of an answer.

    Raises:
        MeterlarkError: As `check_reply`, or the answer is not that of a Meterlark server.
    """
    check_reply(reply)
    try:
        return msgspec.json.decode(reply.body, type=_Answer).data
    except msgspec.DecodeError as error:
        raise MeterlarkError(f"the server's answer is not that of a usage query: {error}") from error
