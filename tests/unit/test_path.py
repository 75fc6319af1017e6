"""Singular JSONPaths: what is accepted, what is refused, where they lead."""

import pytest

from meterlark.metering.path import MISSING, compile_path, look_up
from meterlark.model.errors import InvalidInputError


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("$", ()),
        ("$.v", ("v",)),
        ("$.a.b", ("a", "b")),
        ("$.1a", ("1a",)),
        ("$['v']", ("v",)),
        ('$["a b"]', ("a b",)),
        ("$['ä']", ("ä",)),
        ("$.a[0]", ("a", 0)),
        ("$[0][1].x", (0, 1, "x")),
        (r"$['it\'s']", ("it's",)),
        (r'$["a\"b\\c"]', ('a"b\\c',)),
        ("$['a.b']['c[0]']", ("a.b", "c[0]")),
        ("$.a[1000000]", ("a", 1_000_000)),
    ],
)
def test_a_path_is_compiled_to_its_keys(text: str, keys: tuple[str | int, ...]) -> None:
    """Dots, both quotes and indexes, in any mixture."""
    assert compile_path(text, field="valueProperty") == keys


@pytest.mark.parametrize(
    "text",
    [
        "v", "", "$.", "$..a", "$.a-b", "$.a b", "$.a[-1]", "$.a[?(@.b>1)]", "$.ä", "$.a[*]", "$.*", "$[]", "$['']", "$['a", "$['a\"]",
        "$.a[1:2]", "$.a[0 to 1]", "$a", " $.a", "$.a ", "$.a[1000001]", "$.a[12345678]", r"$['a\n']", "$.a[0", "$.a\n", "$[a]",
    ],
)  # fmt: skip
def test_a_path_that_may_name_several_values_is_refused(text: str) -> None:
    """The field and what was given are named."""
    with pytest.raises(InvalidInputError) as caught:
        compile_path(text, field="groupBy.model")
    assert caught.value.field == "groupBy.model"
    assert str(caught.value).startswith("groupBy.model ")


def test_a_path_has_at_most_512_characters() -> None:
    """Both numbers are said."""
    assert len(compile_path("$." + "a" * 510, field="x")) == 1
    with pytest.raises(InvalidInputError, match="513 characters; at most 512"):
        compile_path("$." + "a" * 511, field="x")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$.a", {"0": 1, "b": [5, None]}),
        ("$.a.b[0]", 5),
        ("$.a.b[1]", None),
        ("$.a.b[2]", MISSING),
        ("$.a.b.c", MISSING),
        ("$.a[0]", MISSING),
        ("$.a['0']", 1),
        ("$.text[0]", MISSING),
        ("$.text.length", MISSING),
        ("$.zero", 0),
        ("$.nothing", MISSING),
    ],
)
def test_a_path_leads_to_one_value_or_nowhere(path: str, value: object) -> None:
    """Keys are looked for in objects only and indexes in arrays only; null is a value."""
    data = {"a": {"0": 1, "b": [5, None]}, "text": "abc", "zero": 0}
    assert look_up(data, compile_path(path, field="x")) == value
