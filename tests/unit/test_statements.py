"""Named statements in a `.sql` file."""

import pytest

from meterlark.model.statements import read_statements


def test_statements_are_read_by_name() -> None:
    """Remarks and blank lines are left out; a statement may have several lines."""
    text = "-- A remark.\n-- name: one\nselect 1\n-- why\n  from t\n\n-- name: two\nselect 2"
    assert read_statements(text) == {"one": "select 1\n  from t", "two": "select 2"}


@pytest.mark.parametrize("text", ["select 1", "-- name: a\nselect 1\n-- name: a\nselect 2"])
def test_a_statement_without_a_name_of_its_own_is_refused(text: str) -> None:
    """Nameless, or a name given twice."""
    with pytest.raises(ValueError, match=r"without a name|given twice"):
        read_statements(text)
