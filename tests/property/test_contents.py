"""Equal content: an equivalence that the digest agrees with, however a text is spelled."""

import json
import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from meterlark.ledger.content import content_digest
from meterlark.model.errors import InvalidInputError
from meterlark.model.event import read_json, same_content

NUMBERS = [
    "0",
    "-0",
    "0.0",
    "0e5",
    "1",
    "1.0",
    "10e-1",
    "100",
    "1e2",
    "0.5",
    "5e-1",
    "1e400",
    "10e399",
    "9007199254740993",
    "9007199254740992",
]
TEXTS = ["", "1", "a", "\u00e9", "a\u0000", ":", '"', "\\", "1e400"]

trees = st.recursive(
    st.sampled_from([("number", text) for text in NUMBERS] + [("text", text) for text in TEXTS] + [("word", "null"), ("word", "true")]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: ("array", items)),
        st.dictionaries(st.sampled_from(TEXTS), inner, max_size=3).map(lambda members: ("object", members)),
    ),
    max_leaves=6,
)


def spell(tree: Any, rng: random.Random) -> str:
    """Print a tree with blanks, order of keys and escapes chosen by chance."""
    kind, value = tree
    blank = rng.choice(["", "", " ", "\n\t"])
    match kind:
        case "number" | "word":
            return str(value)
        case "text":
            return json.dumps(value, ensure_ascii=rng.random() < 0.5)
        case "array":
            return f"[{blank}" + f"{blank},".join(spell(item, rng) for item in value) + f"{blank}]"
        case _:
            members = list(value.items())
            rng.shuffle(members)
            return "{" + ",".join(f"{spell(('text', key), rng)}{blank}:{spell(item, rng)}" for key, item in members) + blank + "}"


@given(st.lists(trees, min_size=3, max_size=3), st.integers())
def test_equal_content_is_an_equivalence_that_the_digest_agrees_with(three: list[Any], seed: int) -> None:
    """Reflexive over spellings, symmetric, transitive; and one digest if and only if the content is one."""
    rng = random.Random(seed)
    first, second, third = (spell(tree, rng).encode() for tree in three)
    again = spell(three[0], rng).encode()

    assert same_content(first, again)
    assert content_digest(first) == content_digest(again)
    assert same_content(first, second) == same_content(second, first) == (content_digest(first) == content_digest(second))
    if same_content(first, second) and same_content(second, third):
        assert same_content(first, third)


@given(st.sampled_from(NUMBERS), st.sampled_from(NUMBERS))
def test_two_spellings_of_a_number_are_one_content(first: str, second: str) -> None:
    """Exactly when the numbers are equal and both can be held; a number outside the limits is only its spelling."""
    one, other = read_json(f"[{first}]".encode()), read_json(f"[{second}]".encode())
    is_equal = one == other and type(one[0]) is not str and isinstance(one[0], str) == isinstance(other[0], str)

    assert same_content(f"[{first}]".encode(), f"[{second}]".encode()) == is_equal
    assert (content_digest(f"[{first}]".encode()) == content_digest(f"[{second}]".encode())) == is_equal


def read_or_refuse(text: bytes) -> tuple[Any, str | None]:
    """Return the value, or why there is none."""
    try:
        return read_json(text), None
    except InvalidInputError as error:
        return None, str(error)


json_like = st.text(st.sampled_from(list('{}[]":,\\ \n01.-eEtrufalsn/a\u00e9\u2028')), max_size=30)


@given(st.one_of(json_like.map(str.encode), st.binary(max_size=30)))
def test_any_text_is_read_or_refused(text: bytes) -> None:
    """One of the two and never another error; what is read is what the standard library reads, but for the numbers."""
    value, refused = read_or_refuse(text)
    if refused is not None:
        assert 0 < len(refused) < 400
        return
    shape = json.loads(text, parse_int=lambda _: 0, parse_float=lambda _: 0)
    assert _without_numbers(value) == _without_numbers(shape)


def _without_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_numbers(item) for item in value]
    return value if type(value) in {str, bool, type(None)} else 0


@given(st.lists(st.sampled_from(["a", "b", "a:", '"', "\\", ""]), max_size=5), st.integers())
def test_a_repeated_key_is_found_however_it_is_spelled(keys: list[str], seed: int) -> None:
    """An object is refused exactly when one of its keys stands twice."""
    rng = random.Random(seed)
    blanks, values = ["", " ", "\t", "\n", "\r"], ["1", "{}", json.dumps(":"), json.dumps('"')]
    members = [f"{json.dumps(key)}{rng.choice(blanks)}:{rng.choice(values)}" for key in keys]

    _, refused = read_or_refuse(f"{{{','.join(members)}}}".encode())

    assert (refused is not None and "given twice" in refused) == (len(set(keys)) < len(keys))
    assert (refused is None) == (len(set(keys)) == len(keys))
