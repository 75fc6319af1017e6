"""The exception tree.

* MeterlarkError
  * InvalidInputError            the caller's mistake: names the field, what was given, what is allowed
    * UnsupportedMediaTypeError
    * TooLargeError
  * NotFoundError
  * ConflictError
  * UnauthenticatedError         no valid key or token came with the request
  * ForbiddenError               the key or token does not allow it
  * UnavailableError             the world failed; a retry is safe and may help
    * RateLimitedError           too many requests with one key
  * DataDirectoryInUseError
  * DataVersionError             the data was written by a newer Meterlark
  * CorruptDataError             what is stored contradicts itself; nothing may be served from it

An assertion is the fourth kind: our own bug. It ends the request and never changes a count.
"""


class MeterlarkError(Exception):
    """Base of every error that Meterlark raises on purpose."""


class InvalidInputError(MeterlarkError):
    """The caller gave something that cannot be accepted.

    Args:
        message: What was given and what is allowed, for a person.
        field: Path of the offending field as the caller would write it (`subject`, `[3].data`, `windowSize`), if one is known.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class UnsupportedMediaTypeError(InvalidInputError):
    """The request's content type or encoding is not one that the endpoint reads."""


class TooLargeError(InvalidInputError):
    """The request passes a stated limit on bytes or on the number of events."""


class NotFoundError(MeterlarkError):
    """The named thing does not exist."""


class ConflictError(MeterlarkError):
    """The request contradicts what is already there."""


class UnauthenticatedError(MeterlarkError):
    """No valid key or token came with the request."""


class ForbiddenError(MeterlarkError):
    """The key or token is valid and does not allow what was asked."""


class UnavailableError(MeterlarkError):
    """The world failed (disk full, lagging, stopping): nothing was changed and the same request may be sent again.

    Args:
        message: What failed, for a person.
        retry_after_seconds: When a retry is worth trying, counted from now.
    """

    def __init__(self, message: str, *, retry_after_seconds: int = 1) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class RateLimitedError(UnavailableError):
    """Too many requests came with one key; nothing was changed, and the same request may be sent again later."""


class DataDirectoryInUseError(MeterlarkError):
    """Another process works on the data directory; two writers would break the ledger."""


class DataVersionError(MeterlarkError):
    """The data directory was written by a newer version of Meterlark than this one."""


class CorruptDataError(MeterlarkError):
    """Stored data contradicts itself; serving numbers from it would be a guess."""
