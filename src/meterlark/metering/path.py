"""Singular JSONPath: a path that names at most one value, compiled once to a tuple of keys.

Read are `$.a.b`, `$['a']`, `$["a b"]`, `$.a[0]` and mixtures; the accepted and refused forms follow RFC 9535 singular queries and the list
measured on the peer's engine. Wildcards, slices, filters and descendants name many values and are refused: which of them was meant would
be a guess.
"""

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

from meterlark.model.errors import InvalidInputError

PATH_LENGTH_MAX: Final = 512
"""Characters of a path; real ones have fewer than 60."""

INDEX_MAX: Final = 1_000_000
"""Largest array index. It only bounds the text; an index past the end is simply missing."""

_STEP: Final = re.compile(
    r"""\.(?P<name>[A-Za-z0-9_]+)
      | \['(?P<single>(?:[^'\\]|\\['\\])+)'\]
      | \["(?P<double>(?:[^"\\]|\\["\\])+)"\]
      | \[(?P<index>[0-9]{1,7})\]""",
    re.VERBOSE,
)


class Missing(Enum):
    """The one value that says that a path leads nowhere; JSON has no such value, not even null."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING


def compile_path(text: str, *, field: str) -> tuple[str | int, ...]:
    """Compile a JSONPath to the keys and indexes it walks, from the event's `data` down.

    Args:
        text: The path, beginning with `$`.
        field: What to name in the error.

    Raises:
        InvalidInputError: Not a path, or one that could name several values.
    """
    if not text.startswith("$"):
        raise InvalidInputError(f"{field} is {text[:80]!r}; a JSONPath starts with $, such as $.total_tokens", field=field)
    if len(text) > PATH_LENGTH_MAX:
        raise InvalidInputError(f"{field} has {len(text)} characters; at most {PATH_LENGTH_MAX} are accepted", field=field)
    keys: list[str | int] = []
    position = 1
    while position < len(text):
        step = _STEP.match(text, position)
        if step is None:
            raise InvalidInputError(
                f"{field} is {text!r}, which is not understood at {text[position:]!r}; allowed are .name, ['name'], [\"name\"] and [0]",
                field=field,
            )
        if step["index"] is not None:
            keys.append(_index(step["index"], field))
        else:
            quoted = step["single"] or step["double"]
            keys.append(step["name"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted))
        position = step.end()
    return tuple(keys)


def look_up(data: Mapping[str, Any], path: tuple[str | int, ...]) -> Any:  # noqa: ANN401 - JSON is any of seven kinds
    """Return the value at a compiled path, or `MISSING`; a key is looked for in objects only, an index in arrays only."""
    value: Any = data
    for key in path:
        if type(key) is str:
            if type(value) is not dict:
                return MISSING
            value = value.get(key, MISSING)
        else:
            assert type(key) is int
            if type(value) is not list or key >= len(value):
                return MISSING
            value = value[key]
    return value


def _index(digits: str, field: str) -> int:
    index = int(digits)
    if index > INDEX_MAX:
        raise InvalidInputError(f"{field} has the index {index}; at most {INDEX_MAX} is accepted", field=field)
    return index
