"""`meterlark reconcile`: the provider's export beside the real server's own totals."""

import json
from pathlib import Path
from typing import Any

import pytest
from run_cli import run_cli
from running_server import RunningServer, event

TIME = "2026-11-01T12:00:00Z"


@pytest.fixture(scope="module")
def used(server: RunningServer) -> RunningServer:
    """A server with two requests to OpenAI on one day, and one to somebody else."""
    data = {
        "provider": "openai",
        "model": "gpt-4o",
        "prompt_tokens": 10,
        "completion_tokens": 5,
        "total_tokens": 15,
        "usage_source": "reported",
    }
    server.ingest([event(f"r{number}", "llm.usage", time=TIME, data=data) for number in range(2)])
    server.ingest([event("other", "llm.usage", time=TIME, data=data | {"provider": "groq"})])
    return server


def export(path: Path, *, requests: int = 2, model: str | None = "gpt-4o", kind: str = "completions") -> str:
    """Write a page of usage and return its name."""
    result = {"object": f"organization.usage.{kind}.result", "num_model_requests": requests, "model": model}
    result |= {"input_tokens": 10 * requests, "output_tokens": 5 * requests}
    bucket = {"object": "bucket", "start_time": 1793491200, "end_time": 1793577600, "results": [result]}
    path.write_text(json.dumps({"object": "page", "data": [bucket], "has_more": False}), encoding="utf-8")
    return str(path)


def test_equal_totals_are_exit_code_0(used: RunningServer, tmp_path: Path) -> None:
    """Usage of another provider is not in the way."""
    code, output, talk = run_cli("reconcile", export(tmp_path / "usage.json"), url=used.url)

    assert (code, output) == (0, "")
    assert "both sides are the same" in talk


def test_differences_are_exit_code_5_and_each_has_a_cause(used: RunningServer, tmp_path: Path) -> None:
    """As JSON lines."""
    code, output, _ = run_cli("reconcile", export(tmp_path / "usage.json", requests=3), "--json", url=used.url)

    found: list[Any] = [json.loads(line) for line in output.splitlines()]
    assert code == 5
    assert [(one["what"], one["theirs"], one["ours"], one["cause"]) for one in found] == [
        ("requests", 3, 2, "missing"),
        ("input_tokens", 30, 20, "missing"),
        ("output_tokens", 15, 10, "missing"),
    ]


def test_the_table_says_why(used: RunningServer, tmp_path: Path) -> None:
    """In words."""
    _, output, _ = run_cli("reconcile", export(tmp_path / "usage.json", requests=3), url=used.url)

    assert "1 requests of gpt-4o were not metered here" in output


@pytest.mark.parametrize(
    ("given", "part"), [({"model": None}, "group_by=model"), ({"kind": "images"}, "neither usage nor a cost")], ids=str
)
def test_an_export_that_cannot_be_compared_says_what_to_ask(used: RunningServer, tmp_path: Path, given: Any, part: str) -> None:
    """Exit code 2."""
    code, _, talk = run_cli("reconcile", export(tmp_path / "usage.json", **given), url=used.url)

    assert code == 2
    assert part in talk
