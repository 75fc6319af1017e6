"""`meterlark tail`: events as they come, over lost connections, and what it says of them."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from run_cli import run_cli
from running_server import RunningServer, clean_environment, event


@contextmanager
def tailing(url: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run `meterlark tail --json` beside the test."""
    command = [sys.executable, "-m", "meterlark", "tail", "--json", "--url", url, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=clean_environment()) as process:
        try:
            yield process
        finally:
            process.kill()


def line(process: subprocess.Popen[str]) -> dict[str, object]:
    """Return the next event that a tail shows."""
    assert process.stdout is not None
    shown = json.loads(process.stdout.readline())
    assert isinstance(shown, dict)
    return shown


def test_stored_events_are_shown_in_the_order_of_the_ledger(server: RunningServer) -> None:
    """From the beginning with --after 0, and it leaves at the limit."""
    server.ingest([event("t1", "tailed"), event("t2", "tailed")])

    code, output, talk = run_cli("tail", "--after", "0", "--type", "tailed", "--limit", "2", "--json", url=server.url)

    assert (code, talk) == (0, "")
    assert [json.loads(one)["event"]["id"] for one in output.splitlines()] == ["t1", "t2"]


def test_an_event_is_told_in_a_line(server: RunningServer) -> None:
    """Its place, subject, type, model, tokens, and why a meter cannot read it."""
    data = {"model": "gpt-x", "total_tokens": "many"}
    server.ingest([event("t3", "llm.usage", subject="lined", time="2026-11-20T00:00:00Z", data=data)])

    _, output, _ = run_cli("tail", "--after", "0", "--subject", "lined", "--limit", "1", url=server.url)

    assert "2026-11-20T00:00:00Z lined llm.usage model=gpt-x total_tokens=many ! " in output
    assert "'many' is not a decimal number" in output
    assert "\N{REPLACEMENT CHARACTER}" not in output


def test_control_characters_of_an_event_do_not_reach_the_terminal(server: RunningServer) -> None:
    """A model's name cannot clear the screen."""
    server.ingest([event("t4", "llm.usage", subject="hostile", data={"model": "\x1b[2J"})])

    assert "\x1b" not in run_cli("tail", "--after", "0", "--subject", "hostile", "--limit", "1", url=server.url)[1]


def test_a_number_keeps_every_digit(server: RunningServer) -> None:
    """Of the JSON form."""
    text = b'{"specversion":"1.0","id":"t5","source":"s","type":"digits","subject":"x","data":{"n":0.12345678901234567890}}'
    server.ingest(text, "application/cloudevents+json")

    assert "0.12345678901234567890" in run_cli("tail", "--after", "0", "--type", "digits", "--limit", "1", "--json", url=server.url)[1]


def test_a_tail_goes_on_behind_a_restart_of_the_server(tmp_path: Path) -> None:
    """What was stored while nobody listened is shown, once."""
    with RunningServer(tmp_path / "data") as first:
        first.ingest([event("a", "kept")])
        with tailing(first.url, "--after", "0") as tail:
            assert line(tail)["sequence"] == 1
            first.kill()

            with RunningServer(tmp_path / "data", port=first.port) as second:
                second.ingest([event("b", "kept")])
                shown = line(tail)

            assert (shown["sequence"], shown["event"]["id"]) == (2, "b")  # type: ignore[index]  # a JSON object


@pytest.mark.parametrize("arguments", [["--limit", "0"], ["--after", "-1"]])
def test_a_wrong_number_is_refused(server: RunningServer, arguments: list[str]) -> None:
    """By us, or by the server."""
    assert run_cli("tail", *arguments, url=server.url)[0] == 2


def test_a_server_that_is_not_there_is_an_error() -> None:
    """And not a wait for ever."""
    code, output, talk = run_cli("tail", url="http://127.0.0.1:1")

    assert (code, output) == (1, "")
    assert "meterlark serve" in talk
