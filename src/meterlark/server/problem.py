"""Status codes, and errors as `application/problem+json` (RFC 9457) in the form of the OpenMeter protocol.

The only file that knows which error is which status. `detail` says what was given and what is allowed; an error of our own (500) shows
nothing but the request's id, under which the log has the rest.
"""

from http import HTTPStatus
from typing import Any, Final

import msgspec

from meterlark.model.errors import (
    ConflictError,
    CorruptDataError,
    ForbiddenError,
    InvalidInputError,
    MeterlarkError,
    NotFoundError,
    RateLimitedError,
    TooLargeError,
    UnauthenticatedError,
    UnavailableError,
    UnsupportedMediaTypeError,
)
from meterlark.server.reply import Reply

OK: Final = HTTPStatus.OK
CREATED: Final = HTTPStatus.CREATED
ACCEPTED: Final = HTTPStatus.ACCEPTED
NO_CONTENT: Final = HTTPStatus.NO_CONTENT
SEE_OTHER: Final = HTTPStatus.SEE_OTHER
NOT_MODIFIED: Final = HTTPStatus.NOT_MODIFIED

PROBLEM_TYPE: Final = "application/problem+json"
CORRUPT_RETRY_SECONDS: Final = 60
"""Damaged data needs a person; a client that asks every minute does no harm."""


class MethodNotAllowedError(NotFoundError):
    """The path exists, but not with this method.

    Args:
        method: As sent.
        allowed: The methods that the path has.
    """

    def __init__(self, method: str, allowed: tuple[str, ...]) -> None:
        super().__init__(f"the method {method[:20]} is not allowed here; allowed are {', '.join(allowed)}")
        self.allowed = allowed


class HeadersTooLargeError(TooLargeError):
    """The request's headers pass the stated limit."""


class UpgradeOfferedError(InvalidInputError):
    """The request has a body and offers another protocol; the parser then takes what follows the headers for that protocol."""


class TimedOutError(InvalidInputError):
    """The request's body did not arrive in time."""


_STATUS: Final[tuple[tuple[type[MeterlarkError], HTTPStatus], ...]] = (
    # The first that fits counts, so special ones stand before their base.
    (HeadersTooLargeError, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
    (TooLargeError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (UnsupportedMediaTypeError, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    (TimedOutError, HTTPStatus.REQUEST_TIMEOUT),
    (InvalidInputError, HTTPStatus.BAD_REQUEST),
    (MethodNotAllowedError, HTTPStatus.METHOD_NOT_ALLOWED),
    (NotFoundError, HTTPStatus.NOT_FOUND),
    (ConflictError, HTTPStatus.CONFLICT),
    (UnauthenticatedError, HTTPStatus.UNAUTHORIZED),
    (ForbiddenError, HTTPStatus.FORBIDDEN),
    (RateLimitedError, HTTPStatus.TOO_MANY_REQUESTS),
    (UnavailableError, HTTPStatus.SERVICE_UNAVAILABLE),
    (CorruptDataError, HTTPStatus.SERVICE_UNAVAILABLE),
)


class FieldProblem(msgspec.Struct, frozen=True):
    """One field that cannot be accepted.

    Attributes:
        field: Its path as the caller would write it.
        message: What was given and what is allowed.
    """

    field: str
    message: str


class Extensions(msgspec.Struct, frozen=True, rename="camel"):
    """More about a problem.

    Attributes:
        validation_errors: The fields at fault.
    """

    validation_errors: list[FieldProblem]


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """An error, as RFC 9457 has it.

    Attributes:
        type: Always `about:blank`: the status says what kind it is.
        title: Text of the status.
        status: HTTP status.
        instance: `urn:request:` and the request's id.
        detail: What was given and what is allowed.
        extensions: The fields at fault, if known.
    """

    type: str = msgspec.field()
    title: str = msgspec.field()
    status: int = msgspec.field()
    instance: str = msgspec.field()
    detail: str | None = None
    extensions: Extensions | None = None


def status_of(error: Exception) -> HTTPStatus:
    """Return the status that an error is answered with; anything that is not ours on purpose is an internal error."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)


def problem_reply(error: Exception, *, request_id: str) -> Reply:
    """Return the reply that tells of an error."""
    status = status_of(error)
    is_ours = status is HTTPStatus.INTERNAL_SERVER_ERROR
    problem = Problem(
        type="about:blank",
        title=status.phrase,
        status=status.value,
        instance=f"urn:request:{request_id}",
        detail=None if is_ours else str(error),
        extensions=_extensions(error),
    )
    return Reply(status, msgspec.json.encode(problem), PROBLEM_TYPE, _headers(error))


def _extensions(error: Exception) -> Extensions | None:
    if not isinstance(error, InvalidInputError) or error.field is None:
        return None
    return Extensions([FieldProblem(error.field, str(error))])


def _headers(error: Exception) -> tuple[tuple[str, str], ...]:
    headers: tuple[tuple[str, Any], ...] = ()
    if isinstance(error, UnavailableError):
        headers = (("retry-after", str(error.retry_after_seconds)),)
    elif isinstance(error, CorruptDataError):
        headers = (("retry-after", str(CORRUPT_RETRY_SECONDS)),)
    elif isinstance(error, UnauthenticatedError):
        headers = (("www-authenticate", 'Bearer realm="meterlark"'),)
    elif isinstance(error, MethodNotAllowedError):
        headers = (("allow", ", ".join(error.allowed)),)
    elif isinstance(error, TooLargeError | TimedOutError | UpgradeOfferedError):
        # The rest of the request is not read, so the connection cannot be used again.
        headers = (("connection", "close"),)
    return headers
