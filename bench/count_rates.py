"""How often does a count without usage equal the provider's number?

Walks the recorded exchanges and gives, per category, how many counts are exact; the same for others' formulas, and what the rest may come
from. The tables are part of docs/reference/counting.md.

Usage: python bench/count_rates.py [--write | --check | --wrong CATEGORY]
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from counted_exchanges import Case, read_cases
from recorded_answers import find_recordings

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "counting.md"
BEGIN, END = "<!-- bench/count_rates.py writes from here -->\n", "<!-- to here -->\n"

AIMS = {
    ("prompt", "plain"): 97,
    ("prompt", "tools"): 94,
    ("prompt", "tool history"): 93,
    ("prompt", "json_schema"): 99,
    ("prompt", "images of known size"): 90,
    ("completion", "GPT-4o and GPT-4.1, streams, since June 2025"): 97,
}
"""Least percentage of exact counts, by question and category; also what tests/corpus/test_counting.py asserts."""

OTHERS = {"prompt": ("cookbook", "hmarr"), "completion": ("text alone",)}
QUESTIONS = {"prompt": "Prompts", "completion": "Answers"}


def percent(exact: int, total: int) -> str:
    """Return a percentage, rounded down, so that 100.0 means all."""
    return f"{exact * 1000 // total / 10:.1f} %" if total else "-"


def rate(cases: Sequence[Case]) -> str:
    """Return how many cases are exact."""
    exact = sum(case.counted == case.reported for case in cases)
    return f"{exact}/{len(cases)} = {percent(exact, len(cases))}" if cases else "-"


def render(cases: Sequence[Case]) -> str:
    """Return the tables."""
    return "".join(line + "\n" for question in QUESTIONS for line in (*_rates(question, cases), *_causes(question, cases)))


def _rates(question: str, cases: Sequence[Case]) -> Iterator[str]:
    others = OTHERS[question]
    yield f"### {QUESTIONS[question]}"
    yield "| category | exact | half A | half B | " + "".join(f"{name} | " for name in others) + "aim |"
    yield "|---|---|---|---|" + "---|" * len(others) + "---|"
    mine = [case for case in cases if case.question == question]
    for category in sorted(
        {case.category for case in mine}, key=lambda name: ((question, name) not in AIMS, name.startswith("no rule"), name)
    ):
        chosen = [case for case in mine if case.category == category]
        halves = [rate([case for case in chosen if case.half == half]) for half in "AB"]
        theirs = [_other_rate(chosen, name) for name in others]
        aim = f">= {AIMS[question, category]} %" if (question, category) in AIMS else ""
        yield f"| {' | '.join([category, rate(chosen), *halves, *theirs, aim])} |"
    yield ""


def _other_rate(cases: Sequence[Case], name: str) -> str:
    theirs = [case for case in cases if name in case.others]
    return percent(sum(case.others[name] == case.reported for case in theirs), len(theirs))


def _causes(question: str, cases: Sequence[Case]) -> Iterator[str]:
    """Yield the table of what is wrong and why, as far as that is known; what has no rule is not in it."""
    wrong = Counter(
        (case.category, case.cause)
        for case in cases
        if case.question == question and case.cause and not case.category.startswith(("no rule", "models without"))
    )
    yield f"{QUESTIONS[question]} that are not exact:"
    yield ""
    yield "| category | suspected cause | cases |"
    yield "|---|---|---|"
    for (category, cause), number in sorted(wrong.items()):
        yield f"| {category} | {cause} | {number} |"
    yield ""


def page_with(tables: str) -> str:
    """Return the page with its tables replaced."""
    before, begin, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    assert begin, f"{PAGE.name} has lost its marks"
    assert end, f"{PAGE.name} has lost its marks"
    return before + BEGIN + tables + END + after


def main() -> int:
    """Print, write or check the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="put the tables into the page")
    parser.add_argument("--check", action="store_true", help="fail if the page has other tables")
    parser.add_argument("--wrong", metavar="CATEGORY", help="list the recordings of a category that are not counted exactly")
    chosen = parser.parse_args()
    folder = find_recordings()
    if folder is None:
        print("no recorded exchanges beside the repository: nothing to count")
        return 2
    cases = list(read_cases(folder))
    if chosen.wrong is not None:
        for case in cases:
            if case.category == chosen.wrong and case.cause:
                print(f"{case.counted - case.reported:+6d}  {case.half}  {case.cause}  {case.where}")
        return 0
    page = page_with(render(cases))
    if chosen.check:
        is_same = page == PAGE.read_text(encoding="utf-8")
        print("the page is up to date" if is_same else f"{PAGE.name} has other tables: run bench/count_rates.py --write")
        return 0 if is_same else 1
    if chosen.write:
        PAGE.write_text(page, encoding="utf-8")
    print(render(cases))
    return 0


if __name__ == "__main__":
    sys.exit(main())
