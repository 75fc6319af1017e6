"""The meters of a YAML file: a list under `meters:`, as in the configuration of OpenMeter. JSON is YAML, too."""

import sys
from collections.abc import Hashable
from pathlib import Path
from typing import Any, Final

import yaml

from meterlark.config import read_meters
from meterlark.metering.meter import Meter
from meterlark.model.errors import InvalidInputError, TooLargeError, UnavailableError

FILE_BYTES_MAX: Final = 4 * 1024 * 1024
"""Room for 10,000 meters."""

_KEPT_TAGS: Final = {"tag:yaml.org,2002:null", "tag:yaml.org,2002:merge"}


class _Loader(yaml.SafeLoader):  # type: ignore[misc] # the package has no types
    """Reads plain scalars as the texts they are: `1.10`, `no` and `2026-11-01` mean what is written. A key given twice is refused."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - as its base declares it
        first: [(tag, pattern) for tag, pattern in resolvers if tag in _KEPT_TAGS]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:  # noqa: ANN401, FBT001, FBT002 - as its base
        seen: set[str] = set()
        for key, _ in node.value:
            if key.tag != "tag:yaml.org,2002:merge" and str(key.value) in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key {key.value!r} is given twice", key.start_mark)
            seen.add(str(key.value))
        made: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        return made


def read_meter_file(file: str) -> tuple[list[Meter], list[str]]:
    """Return the meters of a file, and the names of what else stands at its top; `-` is standard input.

    Raises:
        InvalidInputError: Every mistake found, one a line.
        TooLargeError: It has more than `FILE_BYTES_MAX`.
        UnavailableError: It cannot be read.
    """
    content = _load(file, _read(file))
    if not isinstance(content, dict) or not isinstance(content.get("meters"), list):
        raise InvalidInputError(f"{file} has no list of meters; it is written as 'meters:' and one '- slug: ...' for each", field="meters")
    mistakes: list[str] = []
    meters = read_meters(content.pop("meters"), file, mistakes)
    if mistakes:
        raise InvalidInputError("\n".join(mistakes), field="meters")
    return meters, [str(name) for name in content]


def _read(file: str) -> bytes:
    try:
        with sys.stdin.buffer if file == "-" else Path(file).open("rb") as source:
            text = source.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise UnavailableError(f"{file} cannot be read: {error.strerror}") from error
    if len(text) > FILE_BYTES_MAX:
        raise TooLargeError(f"{file} has more than {FILE_BYTES_MAX} bytes")
    return text


def _load(file: str, text: bytes) -> object:
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        raise InvalidInputError(f"{file} is not YAML: {error}", field="meters") from error
    except RecursionError as error:
        raise InvalidInputError(f"{file} is nested too deep", field="meters") from error
