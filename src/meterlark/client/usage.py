"""The answer of a usage query: rows that pandas, polars and notebooks read; values stay exact."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any, Final, overload

from meterlark.client.types import UsageAnswer, UsageRow

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-not-found,import-untyped,unused-ignore]  # the user's own, if any
    import polars as pl  # type: ignore[import-not-found,unused-ignore]  # same

HTML_ROWS_MAX: Final = 100
"""A notebook shows this many rows; a page of a million would stop the browser."""


FIXED_COLUMNS: Final = ("window_start", "window_end", "subject", "value")


class UsageResult(Sequence[UsageRow]):
    """Usage, ordered by window, subject and groups; a sequence of rows.

    Attributes:
        answer: As the server gave it.
    """

    def __init__(self, answer: UsageAnswer) -> None:
        self.answer = answer

    @property
    def columns(self) -> list[str]:
        """Names of the columns: the windows, the subject if rows are split by it, the groups, the value.

        A group that has the name of another column is called `group_` and its name.
        """
        subject = ["subject"] if self._has_subject else []
        return ["window_start", "window_end", *subject, *(_column_of(key) for key in self._groups), "value"]

    def to_records(self) -> list[dict[str, Any]]:
        """Return one flat dictionary a row, all with the same keys; times are aware, values Decimal."""
        return [dict(zip(self.columns, self._cells(row), strict=True)) for row in self.answer.data]

    def to_pandas(self) -> "pd.DataFrame":
        """Return a pandas data frame; the values are Decimal objects. Needs pandas."""
        import pandas as pd  # noqa: PLC0415 - the user's own package, loaded only when asked for

        return pd.DataFrame(self.to_records(), columns=self.columns)

    def to_polars(self) -> "pl.DataFrame":
        """Return a polars data frame; the values are of its Decimal type. Needs polars."""
        import polars as pl  # noqa: PLC0415 - the user's own package, loaded only when asked for

        texts = dict.fromkeys(self.columns[2:-1], pl.String)
        time = pl.Datetime("us", "UTC")
        schema = {"window_start": time, "window_end": time, **texts, "value": pl.Decimal(38, self._places())}
        return pl.DataFrame(self.to_records(), schema=schema)

    @overload
    def __getitem__(self, index: int) -> UsageRow: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[UsageRow]: ...
    def __getitem__(self, index: int | slice) -> UsageRow | Sequence[UsageRow]:
        """Return a row, or a list of rows."""
        return self.answer.data[index]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.answer.data)

    def __iter__(self) -> Iterator[UsageRow]:
        """Iterate over the rows."""
        return iter(self.answer.data)

    def __repr__(self) -> str:
        """Tell how many rows there are, of which columns."""
        return f"UsageResult({len(self)} rows of {', '.join(self.columns)})"

    def _repr_html_(self) -> str:
        """Return a table for notebooks; every text in it is escaped."""
        head = "".join(f"<th>{escape(name)}</th>" for name in self.columns)
        body = "".join(self._html_row(row) for row in self.answer.data[:HTML_ROWS_MAX])
        more = f"<p>the first {HTML_ROWS_MAX} of {len(self)} rows</p>" if len(self) > HTML_ROWS_MAX else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"

    @cached_property
    def _has_subject(self) -> bool:
        return any(row.subject is not None for row in self.answer.data)

    @cached_property
    def _groups(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(key for row in self.answer.data for key in row.group_by))

    def _cells(self, row: UsageRow) -> list[Any]:
        subject = [row.subject] if self._has_subject else []
        return [row.window_start, row.window_end, *subject, *(row.group_by.get(key) for key in self._groups), row.value]

    def _html_row(self, row: UsageRow) -> str:
        return "<tr>" + "".join(f"<td>{'' if cell is None else escape(str(cell))}</td>" for cell in self._cells(row)) + "</tr>"

    def _places(self) -> int:
        """Return how many digits after the point the values have at most."""
        exponents = [row.value.as_tuple().exponent for row in self.answer.data]
        return max((-exponent for exponent in exponents if isinstance(exponent, int) and exponent < 0), default=0)


def _column_of(key: str) -> str:
    return f"group_{key}" if key in FIXED_COLUMNS else key
