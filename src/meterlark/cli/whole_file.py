"""A file that has its name only when it is whole, so that nobody takes the half of an interrupted export for all of it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from meterlark.model.errors import UnavailableError


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Give a file to write, which replaces `path` at the end; `-` is standard output.

    Raises:
        UnavailableError: It cannot be written; what had the name before is as it was.
    """
    if path == Path("-"):
        yield sys.stdout.buffer
        return
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    except OSError as error:
        raise UnavailableError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        part.unlink(missing_ok=True)
