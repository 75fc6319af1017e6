import pytest
import toktok
from measured import Played, play
from rows import DETAILED, DETAILS, PIECES, PROMPT, READ, ROWS, TOLD, WORD, Row
from verdicts import judge, leaks

pytestmark = pytest.mark.timeout(200)

OPENAI = [row for row in ROWS if row.kind in ("openai", "async_openai", "azure")]
BY_KEY = {row.key: row for row in ROWS}


@pytest.fixture(scope="module")
def bare() -> Played:
    """Give what callers see without a wrapper."""
    return play("bare")


@pytest.fixture(scope="module")
def ours() -> Played:
    """Give what our wrapper records."""
    return play("meterlark_wrap")


@pytest.fixture(scope="module")
def bad() -> Played:
    """Give what a wrapper with the usual faults records."""
    return play("blind")


def cells(played: Played, bare: Played, rows: list[Row]) -> dict[str, str]:
    """Return the cells that are not good."""
    verdicts = {row.key: played.verdict(row, bare) for row in rows}
    return {key: str(verdict) for key, verdict in verdicts.items() if verdict is None or not verdict.is_good}


def test_every_row_of_ours_is_exact_and_reaches_no_caller(ours: Played, bare: Played) -> None:
    """Whatever the caller does with its call."""
    assert cells(ours, bare, OPENAI) == {}


def test_every_detail_of_ours_is_exact(ours: Played) -> None:
    """What was cached, what was reasoning, which tier was used."""
    for key in DETAILED:
        for detail in DETAILS:
            verdict = ours.detail(BY_KEY[key], detail)
            assert verdict is not None
            assert verdict.is_exact, f"{key}, {detail}: {verdict}"


@pytest.mark.parametrize("key", ["D", "E", "F", "L", "M"])
def test_a_wrapper_that_misses_abandoned_streams_is_caught(key: str, bad: Played, bare: Played) -> None:
    """So the tests above would notice."""
    verdict = bad.verdict(BY_KEY[key], bare)
    assert verdict is not None
    assert (verdict.text, verdict.is_exact) == ("nothing", False)


def test_a_wrapper_that_lets_its_usage_chunk_through_is_caught(bad: Played, bare: Played) -> None:
    """Its number is right, and its caller's loop breaks."""
    verdict = bad.verdict(BY_KEY["B"], bare)
    assert verdict is not None
    assert verdict.is_exact
    assert verdict.leaks == ("53 chunks instead of 52",)


def test_every_abandoned_stream_was_left(bare: Played) -> None:
    """The callers do what the rows say: the provider saw them leave."""
    assert [key for key, seen in bare.seen.items() if seen.get("is_left_open")] == []


@pytest.mark.parametrize("encoding", ["o200k_base", "cl100k_base"])
def test_the_truth_of_what_is_counted_does_not_come_from_us(encoding: str) -> None:
    """Another tokenizer says that a word is one token, and the prompt what the provider is told to report."""
    assert toktok.batch_count([WORD, WORD * READ, WORD * PIECES, PROMPT, "user"], encoding, 1) == [1, READ, PIECES, TOLD.prompt - 7, 1]


@pytest.mark.parametrize(
    ("recorded", "text"),
    [
        ([], "nothing"),
        ([{"input": None, "output": None}], "no usage"),
        ([{"input": 0, "output": 0}], "wrong: 0 in, 0 out, not 1000 in, 100 out"),
        ([{"input": 1000, "output": 99}], "wrong: 1000 in, 99 out, not 1000 in, 100 out"),
        ([{"input": 1000, "output": None}], "wrong: 1000 in, no out, not 1000 in, 100 out"),
        ([{"input": 1000, "output": 100}] * 2, "recorded 2 times"),
        ([{"input": 400, "output": 100, "cached": 600}], "wrong: 400 in, 100 out, not 1000 in, 100 out"),
    ],
)
def test_what_is_not_exact_is_named(recorded: list[dict[str, int | None]], text: str) -> None:
    """With both numbers."""
    assert judge(BY_KEY["A"], recorded) == (text, False)


def test_a_record_of_a_call_that_cost_nothing_is_wrong() -> None:
    """A refused call is not billed."""
    assert judge(BY_KEY["Q"], [{"input": 1000, "output": 0}]) == ("1000 in, 0 out for a call that cost nothing", False)
    assert judge(BY_KEY["Q"], [{"input": None, "output": None}]) == ("exact", True)


def test_what_leaves_out_the_cached_tokens_beside_it_is_exact_for_anthropic() -> None:
    """As Anthropic reports it."""
    assert judge(BY_KEY["Anthropic A"], [{"input": 400, "output": 100, "cached": 600}]) == ("exact", True)
    assert judge(BY_KEY["Anthropic A"], [{"input": 400, "output": 100}])[1] is False


@pytest.mark.parametrize(
    ("seen", "leak"),
    [
        ({"items": [1, 2], "error": ""}, "2 chunks instead of 1"),
        ({"items": [{"a": 2}], "error": ""}, "other contents: `a`"),
        ({"items": [{"a": 1}], "error": "TypeError: x"}, "`TypeError: x` instead of none"),
        ({"items": [{"a": 1}], "error": "", "is_left_open": True}, "the connection stays open"),
    ],
)
def test_what_reaches_the_caller_is_named(seen: dict[str, object], leak: str) -> None:
    """Each kind of it."""
    assert leaks({"items": [{"a": 1}], "error": ""}, seen) == (leak,)
