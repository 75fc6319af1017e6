import random
from collections import defaultdict

import pytest
from count_rates import AIMS, PAGE, page_with, render
from counted_exchanges import Case, half_of, read_cases
from recorded_answers import choices_of, find_recordings, read_records

from meterlark.tokens.encoding import Encoding
from meterlark.tokens.incremental import IncrementalCount
from meterlark.tokens.text import count_text


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    """Give every case of the recorded exchanges."""
    folder = find_recordings()
    if folder is None:
        pytest.skip("no recorded exchanges: set METERLARK_DATA to their folder to measure the rates of counting")
    return list(read_cases(folder))


@pytest.mark.parametrize(("question", "category"), list(AIMS))
def test_counts_are_exact_as_often_as_promised(cases: list[Case], question: str, category: str) -> None:
    """The rate of each category that has an aim."""
    mine = [case for case in cases if (case.question, case.category) == (question, category)]
    exact = sum(case.counted == case.reported for case in mine)

    assert len(mine) >= 30
    assert exact * 100 >= AIMS[question, category] * len(mine), [case.where for case in mine if case.cause]


def test_no_repository_is_counted_badly_by_the_rules(cases: list[Case]) -> None:
    """Rules that were fitted to some recordings would fail on others: no repository with many prompts of a kind has half of them wrong."""
    groups: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in cases:
        if (case.question, case.category) in AIMS:
            groups[case.category, case.where.partition(" ")[0]].append(case)
    large = {key: group for key, group in groups.items() if len(group) >= 10}

    assert len(large) >= 15
    assert not [key for key, group in large.items() if sum(bool(case.cause) for case in group) * 2 > len(group)]


def test_both_halves_have_recordings(cases: list[Case]) -> None:
    """So that one can check what was found on the other."""
    assert {case.half for case in cases if (case.question, case.category) in AIMS} == {"A", "B"}
    assert {half_of("openai/openai-dotnet"), half_of("Mirascope/mirascope")} == {"A", "B"}


def test_the_page_has_the_rates_that_were_measured(cases: list[Case]) -> None:
    """Run `python bench/count_rates.py --write` after a rule has changed."""
    assert PAGE.read_text(encoding="utf-8") == page_with(render(cases))


def test_recorded_answers_in_chunks_count_as_the_whole() -> None:
    """Texts and arguments of real answers, in chunks of a few characters."""
    folder = find_recordings()
    if folder is None:
        pytest.skip("no recorded exchanges: set METERLARK_DATA to their folder to count their answers in chunks")
    choices = [choice for record in read_records(folder) if record["endpoint"] == "chat/completions" for choice in choices_of(record)]
    texts = {text for choice in choices for text in (choice.text, *(call.arguments for call in choice.tool_calls))}
    chance = random.Random(20261125)
    assert len(texts) > 900

    for text in sorted(texts):
        counter = IncrementalCount(Encoding.O200K)
        start = 0
        while start < len(text):
            end = start + chance.randrange(1, 8)
            counter.add(text[start:end])
            start = end
        assert counter.tokens == count_text(text, Encoding.O200K)
