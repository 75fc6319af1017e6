"""`meterlark export`: events and usage as files of three forms, whole or not at all."""

import csv
import io
import json
from pathlib import Path

import duckdb
import pytest
from run_cli import run_cli
from running_server import RunningServer, event

TIME = "2026-11-20T00:00:00Z"


@pytest.fixture(scope="module")
def full(server: RunningServer) -> RunningServer:
    """A server with more events than one page, one of them hostile."""
    many = [event(f"e{number}", "many", subject=f"s{number % 3}", time=TIME, data={"n": number}) for number in range(2_100)]
    for start in range(0, len(many), 700):
        server.ingest(many[start : start + 700])
    hostile = (
        b'{"specversion":"1.0","id":"h","source":"s","type":"hostile","subject":"=1+1","time":"%b","data":{"n": 0.10,\n"t":"a\\"b,\\nc"}}'
    )
    server.ingest(hostile % TIME.encode(), "application/cloudevents+json")
    server.create_meter("many_n", "many", "SUM", valueProperty="$.n")
    return server


def test_every_event_is_exported_once_over_all_pages(full: RunningServer, tmp_path: Path) -> None:
    """As the API lists them."""
    path = tmp_path / "events.jsonl"

    code, output, _ = run_cli("export", "events", "--type", "many", "-o", str(path), "--json", url=full.url)

    ids = [json.loads(line)["event"]["id"] for line in path.read_text(encoding="utf-8").splitlines()]
    assert (code, json.loads(output)["rows"]) == (0, 2_100)
    assert sorted(ids) == sorted(f"e{number}" for number in range(2_100))


def test_csv_has_the_events_own_text_and_no_formula(full: RunningServer, tmp_path: Path) -> None:
    """Digits, quotes and line ends of the data stay; a subject that a spreadsheet would run gets an apostrophe."""
    path = tmp_path / "events.csv"

    run_cli("export", "events", "--type", "hostile", "-o", str(path), url=full.url)

    [row] = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline=""))
    assert row["subject"] == "'=1+1"
    assert "0.10" in row["data"]
    assert json.loads(row["data"])["t"] == 'a"b,\nc'


def test_parquet_has_times_and_texts(full: RunningServer, tmp_path: Path) -> None:
    """What a data frame reads."""
    path = tmp_path / "events.parquet"

    code, _, _ = run_cli("export", "events", "-o", str(path), url=full.url)

    with duckdb.connect(":memory:") as connection:
        [found] = connection.execute(
            "select count(*), count(distinct id), min(epoch(time))::bigint from read_parquet($1)", [str(path)]
        ).fetchall()
        hostile = connection.execute("select subject, data ->> 't' from read_parquet($1) where id = 'h'", [str(path)]).fetchall()
    assert code == 0
    assert found == (2_101, 2_101, 1_795_132_800)
    assert hostile == [("=1+1", 'a"b,\nc')]


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_usage_is_the_same_in_every_form(full: RunningServer, tmp_path: Path, form: str) -> None:
    """As the query answers it."""
    path = tmp_path / f"usage.{form}"
    run_cli("export", "usage", "many_n", "-g", "subject", "-o", str(path), url=full.url)

    with duckdb.connect(":memory:") as connection:
        reader = {"csv": "read_csv", "jsonl": "read_json", "parquet": "read_parquet"}[form]
        question = f"select subject, value::bigint from {reader}($1) order by subject"  # noqa: S608 - one of three
        rows = connection.execute(question, [str(path)]).fetchall()
    expected = [(row["subject"], row["value"]) for row in full.usage("many_n", {"groupBy": "subject"})]
    assert rows == expected != []


def test_standard_output_is_json_lines(full: RunningServer) -> None:
    """For a pipe."""
    code, output, talk = run_cli("export", "events", "--type", "hostile", "-o", "-", url=full.url)

    assert (code, talk) == (0, "")
    assert json.loads(output)["event"]["id"] == "h"


def test_a_failed_export_leaves_what_was_there(full: RunningServer, tmp_path: Path) -> None:
    """And no half of a file."""
    path = tmp_path / "usage.csv"
    path.write_text("old", encoding="utf-8")

    code, _, _ = run_cli("export", "usage", "nothing", "-o", str(path), url=full.url)

    assert code == 3
    assert [(one.name, one.read_text(encoding="utf-8")) for one in tmp_path.iterdir()] == [("usage.csv", "old")]


@pytest.mark.parametrize(("output", "code", "part"), [("events.xlsx", 2, "--format"), ("/nowhere/events.csv", 1, "/nowhere/events.csv")])
def test_a_file_that_cannot_be_is_an_error(full: RunningServer, output: str, code: int, part: str) -> None:
    """With its name, or what is allowed."""
    found = run_cli("export", "events", "-o", output, url=full.url)

    assert found[0] == code
    assert part in found[2]
