"""`meterlark import` of other tools' exports: every form of a file, exactly once, and the reasons of what is skipped."""

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest
from run_cli import run_cli
from running_server import RunningServer

ROWS: list[dict[str, Any]] = [
    {
        "request_id": f"req-{number}",
        "call_type": "acompletion",
        "spend": 0.001,
        "total_tokens": 30,
        "prompt_tokens": 20,
        "completion_tokens": 10,
        "startTime": f"2026-11-0{number} 10:00:00",
        "model": "gpt-4o",
        "custom_llm_provider": "openai",
        "end_user": f"user-{number}",
        "metadata": {"plan": "pro"},
        "status": "success" if number < 4 else "failure",
    }
    for number in range(1, 6)
]
PAGE = {
    "object": "page",
    "has_more": True,
    "data": [
        {
            "object": "bucket",
            "start_time": 1793491200,
            "end_time": 1793577600,
            "results": [
                {
                    "object": "organization.usage.completions.result",
                    "input_tokens": 1000,
                    "output_tokens": 500,
                    "num_model_requests": 5,
                    "model": "gpt-4o",
                },
                {"object": "organization.costs.result", "amount": {"value": 0.06, "currency": "usd"}, "line_item": "gpt-4o, input"},
            ],
        }
    ],
}


def csv_text(rows: list[dict[str, Any]]) -> str:
    """Return rows as CSV, objects as JSON."""
    output = io.StringIO()
    writer = csv.writer(output)
    writer.writerow(rows[0])
    writer.writerows([json.dumps(cell) if isinstance(cell, dict) else cell for cell in row.values()] for row in rows)
    return output.getvalue()


FORMS = {
    "csv": csv_text(ROWS),
    "csv with a byte order mark": "\ufeff" + csv_text(ROWS),
    "lines": "".join(json.dumps(row) + "\n" for row in ROWS),
    "array": json.dumps(ROWS, indent=2),
}


def imported(server: RunningServer, tool: str, file: Path, *arguments: str) -> Any:
    """Import a file and return the report."""
    code, output, _ = run_cli("import", tool, str(file), *arguments, "--json", url=server.url)
    assert code == 0
    return json.loads(output)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_file_gives_the_same_events(server: RunningServer, tmp_path: Path, form: str) -> None:
    """So a second import, in whichever form, adds nothing."""
    path = tmp_path / "export.gz"
    path.write_bytes(gzip.compress(FORMS[form].encode()))

    report = imported(server, "litellm", path)

    assert (report["read"], report["new"] + report["duplicate"], report["conflict"]) == (5, 3, 0)
    assert report["skipped"] == {"the request failed": 2}
    assert server.usage("llm_total_tokens", {"subject": ["user-1", "user-2", "user-3"], "groupBy": "usage_source"})[0]["value"] == 30


def test_a_stretch_of_time_can_be_chosen(server: RunningServer, tmp_path: Path) -> None:
    """So that what is metered already is not counted again."""
    path = tmp_path / "export.jsonl"
    path.write_text(FORMS["lines"].replace("req-", "bounded-"), encoding="utf-8")

    report = imported(server, "litellm", path, "--from", "2026-11-02T00:00:00Z", "--to", "2026-11-03T00:00:00Z", "--customer", "bounded")

    assert report["new"] == 1
    assert report["skipped"]["outside of --from and --to"] == 2
    assert [row["value"] for row in server.usage("llm_requests", {"subject": "bounded"})] == [1]


def test_a_column_can_name_who_pays(server: RunningServer, tmp_path: Path) -> None:
    """Also one inside of an object."""
    path = tmp_path / "export.csv"
    path.write_text(FORMS["csv"].replace("req-", "planned-"), encoding="utf-8")

    imported(server, "litellm", path, "--customer-from", "metadata.plan")

    assert [row["value"] for row in server.usage("llm_requests", {"subject": "pro"})] == [3]


def test_another_content_under_a_stored_id_is_told(server: RunningServer, tmp_path: Path) -> None:
    """By the exit code too; what was counted first stays."""
    path = tmp_path / "export.jsonl"
    for tokens in (30, 31):
        path.write_text(json.dumps({**ROWS[0], "request_id": "changed", "total_tokens": tokens, "end_user": "changed"}), encoding="utf-8")
        code, output, _ = run_cli("import", "litellm", str(path), "--json", url=server.url)

    assert (code, json.loads(output)["conflict"]) == (6, 1)
    assert [row["value"] for row in server.usage("llm_total_tokens", {"subject": "changed"})] == [30]


def test_only_the_most_frequent_reasons_are_shown(server: RunningServer, tmp_path: Path) -> None:
    """The others are added up."""
    path = tmp_path / "export.jsonl"
    path.write_text("".join(json.dumps({"response_status": 400 + number}) + "\n" for number in range(13)), encoding="utf-8")

    _, output, _ = run_cli("import", "helicone", str(path), url=server.url)

    lines = output.splitlines()
    assert sum(line.startswith("skipped: the status is") for line in lines) == 10
    assert lines[-1].split() == ["skipped:", "3", "other", "reasons", "3"]


def test_an_observation_of_langfuse_is_imported(server: RunningServer, tmp_path: Path) -> None:
    """With the prompt in a cell of several lines beside it."""
    path = tmp_path / "observations.csv"
    details = json.dumps({"input": 12, "output": 8, "total": 20})
    row = {
        "id": "o1",
        "type": "GENERATION",
        "startTime": "2026-11-01T00:00:00.000Z",
        "input": 'a\n"b",c',
        "userId": "lf",
        "usageDetails": details,
    }
    path.write_text(csv_text([row, row | {"type": "SPAN"}]), encoding="utf-8")

    report = imported(server, "langfuse", path)

    assert (report["new"], sum(report["skipped"].values())) == (1, 1)
    assert [row["value"] for row in server.usage("llm_total_tokens", {"subject": "lf"})] == [20]


@pytest.mark.parametrize("indent", [None, 2])
def test_the_organisations_usage_and_costs_have_meters_of_their_own(server: RunningServer, tmp_path: Path, indent: int | None) -> None:
    """And an open end of the pages is told."""
    path = tmp_path / "usage.json"
    path.write_text(json.dumps(PAGE, indent=indent), encoding="utf-8")

    code, output, talk = run_cli("import", "openai", str(path), "--json", url=server.url)

    report = json.loads(output)
    assert (code, report["read"], report["new"] + report["duplicate"]) == (0, 2, 2)
    assert "has_more" in talk
    values = {slug: server.total(slug) for slug in ("openai_org_total_tokens", "openai_org_requests", "openai_org_cost")}
    assert {slug: str(value) for slug, value in values.items()} == {
        "openai_org_total_tokens": "1500",
        "openai_org_requests": "5",
        "openai_org_cost": "0.06",
    }


@pytest.mark.parametrize(
    ("tool", "text", "part"),
    [("litellm", "[1, {", "neither JSON nor CSV"), ("litellm", 'a,b\n"x', "not CSV"), ("litellm", "a,a\n1,2", "twice")],
    ids=["cut array", "open quote", "two columns of a name"],
)
def test_a_file_that_is_none_of_the_forms_is_refused(server: RunningServer, tmp_path: Path, tool: str, text: str, part: str) -> None:
    """Exit code 2, with what is wrong."""
    path = tmp_path / "export"
    path.write_text(text, encoding="utf-8")

    code, _, talk = run_cli("import", tool, str(path), url=server.url)

    assert code == 2
    assert part in talk


def test_rows_that_are_no_objects_are_skipped(server: RunningServer, tmp_path: Path) -> None:
    """A short row, a list, a broken line."""
    path = tmp_path / "export.jsonl"
    path.write_text('{"request_id": ""}\n[1]\n{broken\n', encoding="utf-8")

    report = imported(server, "litellm", path)

    assert report["read"] == sum(report["skipped"].values()) == 3
