"""A report's rows add up, belong to whom the server says, and what the cost leaves out is told."""

from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from meterlark.cli.customers import Attribution, CustomerRow
from meterlark.cli.report_forms import html_text, json_rows
from meterlark.cli.report_table import NOBODY, Report, add_up, owners
from meterlark.cli.unpriced import UnpricedModel
from meterlark.sdk.usage import UsageRow

START, END = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
UNPRICED = UnpricedModel("p", "<m>", "standard", "unknown", 3)
SUBJECTS = ("a", "a-test", "b", "stray")
CUSTOMERS = [
    CustomerRow(id="1", name="A", key="a", usage_attribution=Attribution(subject_keys=["a-test", "b"])),
    CustomerRow(id="2", name="B", key="b"),
]


def row(subject: str, value: Decimal, model: str = "m") -> UsageRow:
    """Return a row of a usage query."""
    return UsageRow(value, START, END, subject, {"model": model})


@given(
    st.lists(
        st.tuples(
            st.sampled_from(SUBJECTS),
            st.decimals(min_value=0, max_value=10**9, places=9, allow_nan=False),
            st.sampled_from(["x", "y"]),
        )
    )
)
def test_rows_add_up_to_the_totals(used: list[tuple[str, Decimal, str]]) -> None:
    """To the last digit, whatever is split by."""
    usage = {"tokens": [row(*one) for one in used]}

    rows, totals = add_up(usage, ("model",), owners(CUSTOMERS))

    expected = sum((value for _, value, _ in used), Decimal(0)) if used else None
    assert totals == (expected,)
    assert sum((one.values[0] or Decimal(0) for one in rows), Decimal(0)) == (expected or 0)


def test_a_customers_key_comes_before_another_ones_subjects() -> None:
    """As the server decides whose an event is."""
    rows, _ = add_up({"tokens": [row(subject, Decimal(1)) for subject in SUBJECTS]}, (), owners(CUSTOMERS))

    found = [(one.customer, one.subject, one.values[0]) for one in rows]
    assert found == [("a", "", Decimal(2)), ("b", "", Decimal(1)), (NOBODY, "stray", Decimal(1))]


def test_what_one_column_does_not_have_is_missing_there() -> None:
    """And not 0."""
    rows, totals = add_up({"tokens": [row("a", Decimal(5))], "cost": []}, (), owners(CUSTOMERS))
    report = Report("p", (), ("tokens", "cost"), rows, totals, "now", "here")

    assert json_rows(report) == [{"customer": "a", "name": "A", "subject": "", "tokens": 5, "cost": None}]
    assert totals == (Decimal(5), None)


def test_the_page_says_what_the_cost_leaves_out() -> None:
    """With every text escaped."""
    page = html_text(Report("p", (), ("llm_cost",), (), (None,), "now", "here", (UNPRICED.told(),)))

    assert "3 events of p/&lt;m&gt; (standard) without a price: unknown" in page
    assert "<m>" not in page
