"""Dry runs, binary mode, the story of one event, conflicts, and files of usage."""

import json
from decimal import Decimal
from pathlib import Path

import duckdb
import nanoarrow
import pytest
from nanoarrow.ipc import InputStream
from running_server import EVENTS, JSON_TYPE, METERS, RunningServer, event


def test_a_dry_run_says_what_would_happen_and_stores_nothing(server: RunningServer) -> None:
    """Verdicts and what each meter would read."""
    server.create_meter("dry_sum", "dry", "SUM", valueProperty="$.n", groupBy={"model": "$.model"})
    batch = [event("1", "dry", data={"n": "1.5", "model": "m"}), event("1", "dry", data={"n": 2}), event("2", "dry", data={"n": "x"})]

    answer = server.request("POST", f"{EVENTS}?dry_run=true", json.dumps(batch).encode(), {"content-type": JSON_TYPE})

    result = answer.json()
    assert (result["new"], result["duplicate"], result["conflict"]) == (2, 0, 1)
    [read], _, [unread] = (one["meters"] for one in result["results"])
    assert read == {"meter": "dry_sum", "value": Decimal("1.5"), "text": None, "groupBy": {"model": "m"}, "reason": None}
    assert (unread["value"], unread["reason"]) == (None, "invalid event: value cannot be parsed as float64: 'x' is not a decimal number")
    assert server.usage("dry_sum") == []


def test_a_dry_run_refuses_what_ingest_refuses(server: RunningServer) -> None:
    """An event that is not valid is named."""
    answer = server.request("POST", f"{EVENTS}?dry_run=true", b'{"id":"1"}', {"content-type": JSON_TYPE})

    assert answer.status == 400
    assert "source is missing" in answer.json()["detail"]


def test_binary_mode_takes_attributes_from_headers(server: RunningServer) -> None:
    """Percent-encoded, with the body as data."""
    headers = {
        "content-type": JSON_TYPE,
        "ce-specversion": "1.0",
        "ce-id": "b-1",
        "ce-source": "binary",
        "ce-type": "binary",
        "ce-subject": "Gr%C3%BC%C3%9Fe",
        "ce-time": "2026-11-01T00:00:00Z",
        "ce-region": "eu",
    }
    assert server.request("POST", EVENTS, b'{"n": 1}', headers).status == 204

    [stored] = server.get(EVENTS, {"id": "b-1"}).json()
    assert stored["event"]["subject"] == "Gr\N{LATIN SMALL LETTER U WITH DIAERESIS}\N{LATIN SMALL LETTER SHARP S}e"
    assert (stored["event"]["data"], stored["event"]["region"], stored["event"]["time"]) == ({"n": 1}, "eu", "2026-11-01T00:00:00Z")


def test_binary_mode_takes_one_value_and_nothing_behind_it(server: RunningServer) -> None:
    """A body that would end the data and add attributes is refused."""
    headers = {"content-type": JSON_TYPE, "ce-specversion": "1.0", "ce-id": "b-2", "ce-source": "s", "ce-type": "t", "ce-subject": "u"}

    answer = server.request("POST", EVENTS, b'{"n": 1}, "time": "2020-01-01T00:00:00Z"', headers)

    assert answer.status == 400


def test_an_event_has_a_story(server: RunningServer) -> None:
    """Which meters measured it, with which value, or why not; what came again."""
    server.create_meter("story_sum", "story", "SUM", valueProperty="$.n", groupBy={"model": "$.model"})
    server.create_meter("story_models", "story", "UNIQUE_COUNT", valueProperty="$.model")
    server.create_meter("story_missing", "story", "MAX", valueProperty="$.other")
    one = event("s-1", "story", data={"n": 7, "model": "m"}, source="book")
    assert server.verdicts([one, one, {**one, "data": {"n": 8}}]) == ["new", "duplicate", "conflict"]

    story = server.get(f"{EVENTS}/explain", {"id": "s-1", "source": "book"}).json()

    assert story["event"]["data"] == {"n": 7, "model": "m"}
    assert [(one["meter"], one["value"], one["text"], one["reason"]) for one in story["meters"]] == [
        ("story_missing", None, None, 'invalid event: missing value property: "$.other"'),
        ("story_models", None, "m", None),
        ("story_sum", 7, None, None),
    ]
    assert (story["duplicates"], [other["other"]["data"] for other in story["conflicts"]]) == (1, [{"n": 8}])
    assert story["conflicts"][0] in server.get(f"{EVENTS}/conflicts").json()


def test_an_unknown_event_has_no_story(server: RunningServer) -> None:
    """404 names the identity."""
    answer = server.get(f"{EVENTS}/explain", {"id": "nobody", "source": "nowhere"})

    assert answer.status == 404
    assert answer.json()["detail"] == "event not found: id 'nobody' of source 'nowhere'"


def test_usage_comes_as_lines_parquet_and_arrow_with_all_digits(server: RunningServer, tmp_path: Path) -> None:
    """The same rows in the same order as the CSV."""
    server.create_meter("filed", "filed", "SUM", valueProperty="$.n", groupBy={"model": "$.model"})
    server.ingest([event(str(n), "filed", subject=f"s{n % 2}", data={"n": f"{n}.000000000000000001", "model": f"m{n}"}) for n in range(4)])
    path = f"{METERS}/filed/query?groupBy=subject&groupBy=model"

    lines = server.get(path, headers={"accept": "application/x-ndjson"}).body.decode().splitlines()
    parquet = server.get(path, headers={"accept": "application/vnd.apache.parquet"}).body
    arrow = server.get(path, headers={"accept": "application/vnd.apache.arrow.stream"}).body

    expected = [("s0", "m0", "0"), ("s0", "m2", "2"), ("s1", "m1", "1"), ("s1", "m3", "3")]
    rows = [json.loads(line, parse_float=Decimal) for line in lines]
    assert [(row["subject"], row["model"], str(row["value"])) for row in rows] == [
        (subject, model, "1E-18" if whole == "0" else f"{whole}.000000000000000001") for subject, model, whole in expected
    ]
    path_of_file = tmp_path / "usage.parquet"
    path_of_file.write_bytes(parquet)
    found = duckdb.read_parquet(str(path_of_file)).project("subject, model, value").fetchall()
    assert found == [(subject, model, Decimal(f"{whole}.000000000000000001")) for subject, model, whole in expected]
    streamed = nanoarrow.ArrayStream(InputStream.from_readable(arrow)).read_all().to_pylist()
    assert [(row["subject"], row["model"], row["value"]) for row in streamed] == found
    assert [row["window_start"].isoformat() for row in streamed] == [row["window_start"].replace("Z", "+00:00") for row in rows]


@pytest.mark.parametrize("form", ["vnd.apache.parquet", "vnd.apache.arrow.stream"])
def test_a_value_that_no_decimal_of_a_file_holds_is_refused(server: RunningServer, form: str) -> None:
    """Rather than rounded; JSON and CSV have all its digits."""
    name = form.replace(".", "_")
    server.create_meter(f"wide_{name}", f"wide-{name}", "SUM", valueProperty="$.n")
    server.ingest([event(f"{name}-{n}", f"wide-{name}", data={"n": 999_999_999_999_999_999}) for n in range(101)])

    answer = server.get(f"{METERS}/wide_{name}/query", headers={"accept": f"application/{form}"})

    assert answer.status == 400
    assert "ask for CSV or JSON" in answer.json()["detail"]
    assert server.usage(f"wide_{name}")[0]["value"] == 101 * 999_999_999_999_999_999


@pytest.mark.parametrize("form", ["vnd.apache.parquet", "vnd.apache.arrow.stream"])
def test_no_usage_is_a_file_without_rows(server: RunningServer, form: str) -> None:
    """It can be read like any other."""
    name = form.replace(".", "_")
    server.create_meter(f"none_{name}", f"none-{name}", "SUM", valueProperty="$.n")

    answer = server.get(f"{METERS}/none_{name}/query", headers={"accept": f"application/{form}"})

    assert (answer.status, answer.headers["content-type"]) == (200, f"application/{form}")
    if form.endswith("stream"):
        assert nanoarrow.ArrayStream(InputStream.from_readable(answer.body)).read_all().to_pylist() == []
