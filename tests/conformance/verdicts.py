"""What is said of a row: exact, wrong by so much, or nothing; and what reached the caller that should not have."""

from dataclasses import dataclass
from typing import Any

from rows import DETAILS, Row, Truth

Recorded = dict[str, Any]

PROVIDERS_OWN_WAY = frozenset({"anthropic", "google"})
"""Here a number may leave out what the provider leaves out of it, if that stands beside it: cached tokens, or thoughts."""


@dataclass(frozen=True)
class Verdict:
    """The answer to a row."""

    text: str
    is_exact: bool
    leaks: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether nothing is wrong with it."""
        return self.is_exact and not self.leaks

    def __str__(self) -> str:
        """Give a cell of the table."""
        return "; ".join([f"**{self.text}**" if self.is_exact else self.text, *(f"caller: {leak}" for leak in self.leaks)])


def judge(row: Row, recorded: list[Recorded]) -> tuple[str, bool]:
    """Return what is said of the numbers, and whether they are exact.

    Args:
        row: The row.
        recorded: Everything that was recorded for its call.
    """
    counted = [record for record in recorded if record.get("input") is not None or record.get("output") is not None]
    if row.truth.calls == 0:
        spent = [record for record in counted if record.get("input") or record.get("output")]
        return ("exact", True) if not spent else (f"{_numbers(spent[0])} for a call that cost nothing", False)
    if not counted:
        return ("no usage" if recorded else "nothing"), False
    if len(counted) > row.truth.calls:
        return f"recorded {len(counted)} times", False
    [record] = counted
    if not _is_equal(record, row):
        return f"wrong: {_numbers(record)}, not {row.truth.input} in, {row.truth.output} out", False
    source = record.get("source")
    return f"exact ({source})" if source else "exact", True


def judge_detail(truth: Truth, recorded: list[Recorded], detail: str) -> tuple[str, bool]:
    """Return what is said of one detail of a call, and whether it is exact."""
    assert detail in DETAILS
    expected = getattr(truth, detail)
    found = [record[detail] for record in recorded if record.get(detail) is not None]
    if not found:
        return "nothing", False
    return ("exact", True) if found == [expected] * len(found) else (f"wrong: {found[0]}, not {expected}", False)


def leaks(bare: dict[str, Any], seen: dict[str, Any]) -> tuple[str, ...]:
    """Return what the caller saw that it does not see without the wrapper."""
    found = []
    if seen["error"] != bare["error"]:
        found.append(f"`{_short(seen['error'])}` instead of {_error_name(bare['error'])}" if seen["error"] else "the exception is gone")
    if len(seen["items"]) != len(bare["items"]):
        found.append(f"{len(seen['items'])} chunks instead of {len(bare['items'])}")
    elif seen["items"] != bare["items"]:
        found.append(f"other contents: {_difference(bare['items'], seen['items'])}")
    if seen.get("is_left_open") and not bare.get("is_left_open"):
        found.append("the connection stays open")
    return tuple(found)


def _is_equal(record: Recorded, row: Row) -> bool:
    inputs, outputs = [record.get("input")], [record.get("output")]
    if row.kind in PROVIDERS_OWN_WAY:
        inputs.append((record.get("input") or 0) + (record.get("cached") or 0))
        outputs.append((record.get("output") or 0) + (record.get("reasoning") or 0))
    return row.truth.input in inputs and row.truth.output in outputs


def _numbers(record: Recorded) -> str:
    return ", ".join(
        f"{'no' if number is None else number} {name}" for name, number in (("in", record.get("input")), ("out", record.get("output")))
    )


def _short(error: str) -> str:
    return error if len(error) <= 60 else f"{error[:60]}..."


def _error_name(error: str) -> str:
    return f"`{_short(error)}`" if error else "none"


def _difference(bare: list[Any], seen: list[Any]) -> str:
    """Return the name of the first field that differs."""
    first, second = next(pair for pair in zip(bare, seen, strict=True) if pair[0] != pair[1])
    if isinstance(first, dict) and isinstance(second, dict):
        names = [name for name in {**first, **second} if first.get(name, ...) != second.get(name, ...)]
        return f"`{names[0]}`"
    return "another kind of object"
