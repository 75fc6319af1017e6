"""Golden cases: meters, events, questions and their rows in one readable text each, run through the reference and every warehouse.

A case is a text of sections. `# meter SLUG AGGREGATION TYPE [VALUE_PATH] [KEY=PATH ...] [eventFrom=TIME]` defines a meter.
`# events` holds one event a line as `ID TIME TYPE SUBJECT DATA`, with `source=` before it where that matters.
`# query SLUG [PARAMETER=VALUE ...]` asks, and the lines below it are the rows as `START END SUBJECT GROUPS VALUE`; `-` stands for nothing.
Lines that begin with `;` are remarks.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from stack import RECEIVED_AT, Stack, expected

from meterlark.metering.filter import read_filter
from meterlark.metering.meter import Meter, define_meter
from meterlark.metering.query import Query, Row, plan_query
from meterlark.model.event import Event, decode_event
from meterlark.model.number import canonical_text
from meterlark.model.time import format_time, parse_time

CASES = sorted((Path(__file__).parent / "cases").glob("*.txt"))


class Question(NamedTuple):
    """A query, the line that asks it, and the rows that it must give."""

    line: str
    query: Query
    rows: list[str]


class Case(NamedTuple):
    """One file, read."""

    meters: dict[str, Meter]
    events: list[Event]
    questions: list[Question]


def read_case(text: str) -> Case:
    """Read a case; every line must belong to a section."""
    case = Case({}, [], [])
    section = ""
    for line in text.splitlines():
        if not line.strip() or line.startswith(";"):
            continue
        if line.startswith("# "):
            section, *words = line[2:].split(" ")
            if section == "meter":
                meter = read_meter(words)
                case.meters[meter.slug] = meter
            elif section == "query":
                case.questions.append(Question(line, read_query(case.meters[words[0]], words[1:]), []))
            assert section in {"meter", "events", "query"}, line
        elif section == "events":
            case.events.append(read_event(line))
        else:
            assert section == "query", line
            case.questions[-1].rows.append(line)
    return case


def read_meter(words: list[str]) -> Meter:
    """Read the words of a meter's line."""
    slug, aggregation, event_type, *rest = words
    value = rest.pop(0) if rest and rest[0].startswith("$") else None
    named = dict(word.split("=", 1) for word in rest)
    begun = named.pop("eventFrom", None)
    event_from = None if begun is None else parse_time(begun, field="eventFrom")
    return define_meter(
        slug=slug, aggregation=aggregation, event_type=event_type, value_property=value, group_by=named, event_from=event_from
    )


def read_event(line: str) -> Event:
    """Read an event's line."""
    source = "app"
    if line.startswith("source="):
        source, line = line.removeprefix("source=").split(" ", 1)
    event_id, at, event_type, subject, data = line.split(" ", 4)
    attributes = {"specversion": "1.0", "id": event_id, "source": source, "type": event_type, "subject": subject, "time": at}
    text = f'{json.dumps(attributes)[:-1]}, "data": {data}}}'
    return decode_event(text.encode(), namespace="default", received_at=RECEIVED_AT)


def read_query(meter: Meter, words: list[str]) -> Query:
    """Read the parameters of a query's line, named as on the wire."""
    asked: dict[str, Any] = {"group_by": [], "filters": {}}
    for word in words:
        name, value = word.split("=", 1)
        match name:
            case "from" | "to":
                asked["start" if name == "from" else "end"] = parse_time(value, field=name)
            case "windowSize":
                asked["window_size"] = value
            case "windowTimeZone":
                asked["zone_name"] = value
            case "groupBy":
                asked["group_by"].append(value)
            case "subject":
                asked.setdefault("subjects", []).append(value)
            case _:
                asked["filters"][name] = read_filter(json.loads(value), field=name)
    return plan_query(meter, **asked)


def print_row(row: Row) -> str:
    """Print a row as it stands in a case."""
    groups = ",".join(f"{key}={value}" for key, value in row.groups.items()) or "-"
    return f"{format_time(row.window.start)} {format_time(row.window.end)} {row.subject or '-'} {groups} {canonical_text_of(row)}"


def canonical_text_of(row: Row) -> str:
    """Print the value plainly; sums may be wider than what one event may hold."""
    whole = row.value.as_tuple().exponent == 0
    return str(int(row.value)) if whole else canonical_text(row.value)


def test_there_are_cases() -> None:
    """A folder without cases would prove nothing."""
    assert len(CASES) >= 6


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_reference_answers_as_written(path: Path) -> None:
    """The rows, in order."""
    case = read_case(path.read_text(encoding="utf-8"))
    for question in case.questions:
        assert [print_row(row) for row in expected(question.query, case.events)] == question.rows, question.line


@pytest.mark.parametrize("engine", ["memory", "duckdb"])
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_warehouse_answers_as_written(path: Path, engine: Any, tmp_path: Path) -> None:
    """Through ledger and projector, the rows are the same."""
    case = read_case(path.read_text(encoding="utf-8"))
    with Stack(tmp_path, engine=engine) as stack:
        stack.set_meters(case.meters.values())
        stack.accept(case.events)
        for question in case.questions:
            assert [print_row(row) for row in stack.answer(question.query)] == question.rows, question.line
