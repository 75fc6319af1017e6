from datetime import UTC, datetime
from decimal import Decimal

from meterlark.client.types import UsageAnswer, UsageRow
from meterlark.client.usage import HTML_ROWS_MAX, UsageResult

START, END = datetime(2026, 11, 24, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC)


def usage(*rows: tuple[str, str | None, dict[str, str]]) -> UsageResult:
    """Return a result of value, subject and groups."""
    data = [UsageRow(value=Decimal(value), window_start=START, window_end=END, subject=who, group_by=by) for value, who, by in rows]
    return UsageResult(UsageAnswer(data=data))


def test_records_are_flat_and_alike() -> None:
    """One column a group; the subject only where rows are split by it."""
    result = usage(("1.50", "acme", {"model": "m"}), ("2", None, {}))

    assert result.to_records() == [
        {"window_start": START, "window_end": END, "subject": "acme", "model": "m", "value": Decimal("1.50")},
        {"window_start": START, "window_end": END, "subject": None, "model": None, "value": Decimal(2)},
    ]
    assert usage(("1", None, {})).columns == ["window_start", "window_end", "value"]


def test_a_group_never_takes_the_place_of_the_value() -> None:
    """A dimension may be called as another column is."""
    assert usage(("5", None, {"value": "high"})).to_records()[0]["value"] == Decimal(5)
    assert usage(("5", None, {"value": "high"})).to_records()[0]["group_value"] == "high"


def test_it_is_a_sequence() -> None:
    """Of rows."""
    result = usage(("1", None, {}), ("2", None, {}))

    assert [row.value for row in result] == [1, 2]
    assert (len(result), int(result[1].value), len(result[:1])) == (2, 2, 1)
    assert repr(result) == "UsageResult(2 rows of window_start, window_end, value)"


def test_a_notebook_runs_nothing_that_a_customer_wrote() -> None:
    """Texts are escaped, names of groups too."""
    html = usage(("1", "<script>alert(1)</script>", {"<b>": "a&b"}))._repr_html_()

    assert "<script>" not in html
    assert "<b>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "a&amp;b" in html


def test_a_notebook_shows_no_more_than_it_can_bear() -> None:
    """And says that there is more."""
    html = usage(*[("1", None, {})] * (HTML_ROWS_MAX + 1))._repr_html_()

    assert html.count("<tr>") == HTML_ROWS_MAX + 1  # the head is one
    assert f"the first {HTML_ROWS_MAX} of {HTML_ROWS_MAX + 1} rows" in html
