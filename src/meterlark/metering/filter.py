"""Filters on the text of a dimension: the FilterString of the OpenMeter protocol.

Comparisons are comparisons of text by code point, also for numbers, as the protocol has it: `"10" < "9"`.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, assert_never

import msgspec

from meterlark.model.errors import InvalidInputError

LIST_MAX: Final = 100
"""Entries of an `$in`, `$nin`, `$and` or `$or` list, as in the protocol."""

DEPTH_MAX: Final = 8
"""Levels of `$and` and `$or`."""


class Operator(StrEnum):
    """The operators, as on the wire."""

    EQ = "$eq"
    NE = "$ne"
    IN = "$in"
    NIN = "$nin"
    LIKE = "$like"
    NLIKE = "$nlike"
    ILIKE = "$ilike"
    NILIKE = "$nilike"
    GT = "$gt"
    GTE = "$gte"
    LT = "$lt"
    LTE = "$lte"
    AND = "$and"
    OR = "$or"


class Filter(msgspec.Struct, frozen=True):
    """One condition on a text.

    Attributes:
        operator: What is compared.
        texts: The operand: one text, or several for `$in` and `$nin`; empty for `$and` and `$or`.
        parts: The joined filters of `$and` and `$or`; empty otherwise.
    """

    operator: Operator
    texts: tuple[str, ...] = ()
    parts: tuple["Filter", ...] = ()


def equals_any(texts: tuple[str, ...]) -> Filter:
    """Return the filter that lets any of the texts pass."""
    return Filter(Operator.IN, texts)


def read_filter(value: object, *, field: str, depth: int = 0) -> Filter:
    """Read a FilterString: an object with exactly one operator.

    Args:
        value: The parsed JSON.
        field: What to name in errors.
        depth: Levels of `$and` and `$or` above this one.

    Raises:
        InvalidInputError: Not such an object.
    """
    allowed = " ".join(Operator)
    if not isinstance(value, Mapping) or len(value) != 1:
        raise InvalidInputError(f"{field} must be an object with exactly one of {allowed}", field=field)
    [(name, operand)] = value.items()
    if name not in set(Operator):
        raise InvalidInputError(f"{field} has the operator {str(name)[:80]!r}; allowed are {allowed}", field=field)
    operator = Operator(name)
    if operator in {Operator.AND, Operator.OR}:
        if depth >= DEPTH_MAX:
            raise InvalidInputError(f"{field} is nested more than {DEPTH_MAX} levels deep", field=field)
        parts = tuple(read_filter(item, field=field, depth=depth + 1) for item in read_list(operand, field, operator))
        return Filter(operator, parts=parts)
    if operator in {Operator.IN, Operator.NIN}:
        return Filter(operator, tuple(_text(item, field, operator) for item in read_list(operand, field, operator)))
    return Filter(operator, (_text(operand, field, operator),))


def matches(condition: Filter, text: str) -> bool:
    """Tell whether a text passes a filter; the reference for what engines do."""
    operator = condition.operator
    match operator:
        case Operator.AND:
            return all(matches(part, text) for part in condition.parts)
        case Operator.OR:
            return any(matches(part, text) for part in condition.parts)
        case Operator.EQ | Operator.IN:
            return text in condition.texts
        case Operator.NE | Operator.NIN:
            return text not in condition.texts
        case Operator.LIKE:
            return _like(text, condition.texts[0])
        case Operator.NLIKE:
            return not _like(text, condition.texts[0])
        case Operator.ILIKE:
            return _like(lower(text), lower(condition.texts[0]))
        case Operator.NILIKE:
            return not _like(lower(text), lower(condition.texts[0]))
        case Operator.GT:
            return text > condition.texts[0]
        case Operator.GTE:
            return text >= condition.texts[0]
        case Operator.LT:
            return text < condition.texts[0]
        case Operator.LTE:
            return text <= condition.texts[0]
        case _:
            assert_never(operator)


def lower(text: str) -> str:
    """Lower each character by itself, to one character, as engines do; `str.lower` looks at neighbours (final sigma) and may lengthen."""
    return text.lower() if text.isascii() else "".join(character.lower()[0] for character in text)


def read_list(value: Any, field: str, operator: str) -> list[Any]:  # noqa: ANN401 - parsed JSON
    """Return the operand of an operator that takes a list.

    Raises:
        InvalidInputError: Not a list, or its length is not allowed.
    """
    if not isinstance(value, list) or not value:
        raise InvalidInputError(f"{field}: {operator} needs a list with at least one entry", field=field)
    if len(value) > LIST_MAX:
        raise InvalidInputError(f"{field}: {operator} has {len(value)} entries; at most {LIST_MAX} are accepted", field=field)
    return value


def _like(text: str, pattern: str) -> bool:
    """Match SQL LIKE: `%` any text, `_` any one character, backslash takes the next character literally."""
    return re.fullmatch(_like_expression(pattern), text, re.DOTALL) is not None


def _like_expression(pattern: str) -> str:
    """Return the regular expression of a LIKE pattern.

    What stands between two `%` is looked for once, at its first place (an atomic group), because a later place never helps: so the cost
    does not grow with the power of the number of `%`.
    """
    parts = [""]
    position = 0
    while position < len(pattern):
        character = pattern[position]
        if character == "%":
            parts.append("")
        elif character == "_":
            parts[-1] += "."
        else:
            if character == "\\" and position + 1 < len(pattern):
                position += 1
                character = pattern[position]
            parts[-1] += re.escape(character)
        position += 1
    if len(parts) == 1:
        return parts[0]
    first, *middle, last = parts
    return first + "".join(f"(?>.*?{part})" for part in middle if part) + f".*{last}"


def _text(value: object, field: str, operator: Operator) -> str:
    if not isinstance(value, str) or not value:
        raise InvalidInputError(f"{field}: {operator} needs a text of at least one character", field=field)
    if operator in {Operator.LIKE, Operator.NLIKE, Operator.ILIKE, Operator.NILIKE} and _ends_in_escape(value):
        raise InvalidInputError(f"{field}: the pattern ends in a lone backslash, which would escape nothing", field=field)
    return value


def _ends_in_escape(pattern: str) -> bool:
    return (len(pattern) - len(pattern.rstrip("\\"))) % 2 == 1
