"""`meterlark top`: who uses most now."""

import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from run_cli import run_cli
from running_server import RunningServer, clean_environment, event


@pytest.fixture(scope="module")
def used(server: RunningServer) -> RunningServer:
    """A server with the usage of four subjects, in this minute."""
    now = datetime.now(UTC).isoformat()
    tokens = {"a": 5, "b": 70, "c": 20, "d": 5}
    server.ingest(
        [
            event(subject, "llm.usage", subject=subject, time=now, data={"model": f"m-{subject}", "total_tokens": count})
            for subject, count in tokens.items()
        ]
    )
    return server


def test_most_comes_first_and_equals_by_name(used: RunningServer) -> None:
    """As JSON lines with exact numbers."""
    code, output, _ = run_cli("top", "--json", url=used.url)

    assert code == 0
    assert [(row["subject"], row["value"]) for row in map(json.loads, output.splitlines())] == [("b", 70), ("c", 20), ("a", 5), ("d", 5)]


def test_what_is_not_shown_is_added_up(used: RunningServer) -> None:
    """The table's lines add up to its total."""
    _, output, _ = run_cli("top", "--limit", "1", url=used.url)

    lines = [line.split() for line in output.splitlines()]
    assert ["b", "70", "70.0%"] in lines
    assert ["3", "others", "30", "30.0%"] in lines
    assert ["total", "100", "100.0%"] in lines


def test_any_dimension_can_be_ranked(used: RunningServer) -> None:
    """Several split the lines."""
    _, output, _ = run_cli("top", "--by", "model", "--by", "subject", "--limit", "1", "--json", url=used.url)

    assert json.loads(output) == {"model": "m-b", "subject": "b", "value": 70}


def test_nothing_used_is_said(used: RunningServer) -> None:
    """With what to try."""
    code, output, talk = run_cli("top", "--meter", "openai_total_tokens", url=used.url)

    assert (code, output) == (0, "")
    assert "--since" in talk


def test_a_meter_that_does_not_add_up_is_refused(used: RunningServer) -> None:
    """The largest value of all is no sum of the largest values."""
    used.create_meter("longest", "llm.usage", "MAX", valueProperty="$.total_tokens")

    code, _, talk = run_cli("top", "--meter", "longest", url=used.url)

    assert code == 2
    assert "MAX" in talk


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["--meter", "nothing"], 3), (["--by", "colour"], 2), (["--since", "yesterday"], 2), (["--limit", "0"], 2), (["--watch", "0"], 2)],
    ids=str,
)
def test_mistakes_are_told_apart(used: RunningServer, arguments: list[str], code: int) -> None:
    """By the exit code."""
    assert run_cli("top", *arguments, url=used.url)[0] == code


def test_a_watched_ranking_is_asked_again(used: RunningServer) -> None:
    """What came meanwhile is in the next one."""
    used.create_meter("late", "late", "COUNT", groupBy={"colour": "$.colour"})
    now = datetime.now(UTC).isoformat()
    used.ingest([event("first", "late", time=now, data={"colour": "red"})])
    command = [sys.executable, "-m", "meterlark", "top", "--json", "--watch", "1", "--meter", "late", "--by", "colour", "--url", used.url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=clean_environment()) as watching:
        try:
            assert watching.stdout is not None
            assert "red" in watching.stdout.readline()
            used.ingest([event("second", "late", time=now, data={"colour": "blue"})])

            assert any("blue" in line for line in watching.stdout)
        finally:
            watching.kill()
