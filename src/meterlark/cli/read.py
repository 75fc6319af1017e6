"""Lines of a file, gzip or not, or of standard input."""

import gzip
import sys
from collections.abc import Iterator
from typing import IO, Final, cast

from meterlark.model.errors import InvalidInputError, TooLargeError, UnavailableError

LINE_BYTES_MAX: Final = 256 * 1024 * 1024
"""Bytes of one line; the longest recorded exchange (with images) has some 20 MB."""


def read_lines(file: str) -> Iterator[bytes]:
    """Yield the lines of a file; `-` is standard input, a name that ends in `.gz` is decompressed.

    Raises:
        TooLargeError: A line is longer than `LINE_BYTES_MAX`.
        InvalidInputError: A gzip file is damaged.
        UnavailableError: The file cannot be read.
    """
    try:
        with _open(file) as source:
            while line := source.readline(LINE_BYTES_MAX + 1):
                if len(line) > LINE_BYTES_MAX:
                    raise TooLargeError(f"{file} has a line of more than {LINE_BYTES_MAX} bytes")
                yield line
    except (EOFError, gzip.BadGzipFile) as error:
        raise InvalidInputError(f"{file} is not a whole gzip file: {error}") from error
    except OSError as error:
        raise UnavailableError(f"{file} cannot be read: {error.strerror}") from error


def _open(file: str) -> IO[bytes]:
    if file == "-":
        return sys.stdin.buffer
    return cast("IO[bytes]", gzip.open(file)) if file.endswith(".gz") else open(file, "rb")  # noqa: PTH123 - the name may be `-`
