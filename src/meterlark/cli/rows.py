"""Rows of a file of another tool, whatever its form: CSV with a header, a JSON array, JSON lines, or one JSON object."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, Final

import msgspec

from meterlark.capture.fields import decode
from meterlark.cli.read import read_lines
from meterlark.model.errors import InvalidInputError, TooLargeError

CELL_CHARACTERS_MAX: Final = 64 * 1024 * 1024
"""Characters of one CSV cell: exports hold whole prompts, images among them; Python's own limit is 128 KiB."""

JSON_BYTES_MAX: Final = 1024 * 1024 * 1024
"""Bytes of a JSON array or object over several lines, which is read at once; JSON lines have no limit."""

Named = tuple[str, Mapping[str, Any] | None]
"""Where a row stands, and the row; None when it is no object."""


def read_rows(file: str) -> Iterator[Named]:
    """Yield the rows of a file, with where each stands.

    Raises:
        InvalidInputError: The file is none of the forms.
        TooLargeError: A JSON array or a cell passes its limit.
        UnavailableError: The file cannot be read.
    """
    lines = iter(read_lines(file))
    first = next((line for line in lines if line.strip()), b"")
    rest = chain([first.removeprefix(b"\xef\xbb\xbf")], lines)
    start = first.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start == b"[" or (start == b"{" and not _is_object(first.removeprefix(b"\xef\xbb\xbf"))):
        yield from _whole(file, rest)
    elif start == b"{":
        yield from ((f"{file}:{number}", _object(line)) for number, line in enumerate(rest, 1) if line.strip())
    elif start:
        yield from _csv(file, rest)


def _is_object(line: bytes) -> bool:
    """Tell whether a line is JSON by itself; else the object goes on in the next one."""
    try:
        decode(line)
    except ValueError:
        return False
    return True


def _object(text: bytes) -> Mapping[str, Any] | None:
    try:
        value = decode(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _whole(file: str, lines: Iterable[bytes]) -> Iterator[Named]:
    text = bytearray()
    for line in lines:
        text += line
        if len(text) > JSON_BYTES_MAX:
            raise TooLargeError(f"{file} is one JSON text of more than {JSON_BYTES_MAX} bytes; write one object a line instead")
    try:
        items = msgspec.json.decode(text, type=list[msgspec.Raw]) if text.lstrip()[:1] == b"[" else None
        alone = msgspec.json.decode(text, type=msgspec.Raw) if items is None else msgspec.Raw()
    except msgspec.DecodeError as error:
        raise InvalidInputError(f"{file} is neither JSON nor CSV with a header: {error}") from error
    if items is None:
        yield file, _object(bytes(alone))
    else:
        yield from ((f"{file}[{position}]", _object(bytes(item))) for position, item in enumerate(items))


def _csv(file: str, lines: Iterable[bytes]) -> Iterator[Named]:
    csv.field_size_limit(CELL_CHARACTERS_MAX)
    reader = csv.reader((line.decode("utf-8", "replace") for line in lines), strict=True)
    try:
        header = next(reader)
        if len(set(header)) != len(header):
            raise InvalidInputError(f"{file}: a column's name stands twice in the header")
        for cells in reader:
            if cells:
                yield f"{file}:{reader.line_num}", dict(zip(header, cells, strict=True)) if len(cells) == len(header) else None
    except csv.Error as error:
        raise InvalidInputError(f"{file}:{reader.line_num} is not CSV: {error}") from error
