"""`meterlark query`: the server's answer as a table or as JSON lines."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from run_cli import run_cli
from running_server import RunningServer, event


@pytest.fixture(scope="module")
def slug(server: RunningServer) -> str:
    """Give a meter with some usage, some of it of this hour."""
    server.create_meter("q", "q", "SUM", valueProperty="$.n", groupBy={"model": "$.model", "tier": "$.tier"})
    now = datetime.now(UTC).isoformat()
    server.ingest(
        [
            event("1", "q", subject="acme", time="2026-03-01T10:00:00Z", data={"n": 1_234_567, "model": "gpt-4o"}),
            event("2", "q", subject="globex", time="2026-03-02T10:00:00Z", data={"n": "0.000000000000000001", "model": "[red]o3[/red]"}),
            event("3", "q", subject="acme", time=now, data={"n": 5, "model": "\u001b[31mevil\u0007", "tier": "a"}),
        ]
    )
    return "q"


def table(output: str) -> list[list[str]]:
    """Return the words of each line."""
    return [line.split() for line in output.splitlines() if line.strip()]


def test_the_answer_is_a_table(server: RunningServer, slug: str) -> None:
    """With the columns asked for, thousands separated, and every digit."""
    code, output, talk = run_cli("query", slug, "-g", "model", "-w", "DAY", "--to", "2026-03-03T00:00:00Z", url=server.url)

    assert (code, talk) == (0, "")
    assert table(output) == [
        ["from", "model", "usage"],
        ["2026-03-01", "gpt-4o", "1,234,567"],
        ["2026-03-02", "[red]o3[/red]", "0.000000000000000001"],
    ]


def test_foreign_control_characters_do_not_reach_the_terminal(server: RunningServer, slug: str) -> None:
    """They are shown as replacement characters."""
    _, output, _ = run_cli("query", slug, "-g", "model", "--since", "1h", url=server.url)

    assert "\ufffd[31mevil\ufffd" in output
    assert "\u001b" not in output


def test_json_is_one_exact_object_a_line(server: RunningServer, slug: str) -> None:
    """For other programs."""
    code, output, _ = run_cli("query", slug, "-g", "subject", "-w", "MONTH", "--to", "2026-04-01T00:00:00Z", "--json", url=server.url)

    assert code == 0
    rows = [json.loads(line, parse_float=Decimal) for line in output.splitlines()]
    assert [(row["subject"], row["value"]) for row in rows] == [("acme", 1_234_567), ("globex", Decimal("1E-18"))]
    assert rows[0]["windowStart"] == "2026-03-01T00:00:00Z"
    assert rows[0]["groupBy"] == {}


@pytest.mark.parametrize(
    ("arguments", "usage"),
    [
        (["--where", "model=gpt-4o"], "1,234,567"),
        (["--where", "model=gpt-4o", "--where", "model=x"], "1,234,567"),
        (["--where", "tier=a"], "5"),
        (["-s", "globex"], "0.000000000000000001"),
        (["--since", "2h"], "5"),
        (["--since", "30m", "--to", "2100-01-01T00:00:00Z"], "5"),
        (["--from", "2026-03-01T00:00:00Z", "--to", "2026-03-02T00:00:00Z"], "1,234,567"),
        (["--time-zone", "Asia/Tokyo", "-w", "DAY", "--to", "2026-03-02T00:00:00Z"], "1,234,567"),
    ],
)
def test_options_choose(server: RunningServer, slug: str, arguments: list[str], usage: str) -> None:
    """What is counted."""
    code, output, _ = run_cli("query", slug, *arguments, url=server.url)

    assert code == 0
    assert table(output)[1][-1] == usage


def test_no_usage_is_said(server: RunningServer, slug: str) -> None:
    """As talk; JSON is simply empty."""
    nothing = ("query", slug, "-s", "nobody")

    assert run_cli(*nothing, url=server.url) == (0, "", "no usage\n")
    assert run_cli(*nothing, "--json", url=server.url) == (0, "", "")


@pytest.mark.parametrize(
    ("arguments", "code", "part"),
    [
        (["nothing"], 3, "meter not found: nothing"),
        (["q", "-g", "colour"], 2, "invalid group by: colour"),
        (["q", "--where", "colour=red"], 2, "invalid group by filter: colour"),
        (["q", "--where", "colour"], 2, "model=gpt-4o"),
        (["q", "--since", "soon"], 2, "30m, 24h"),
        (["q", "--since", "1h", "--from", "2026-01-01T00:00:00Z"], 2, "--since and --from"),
        (["q", "--since", "999999w"], 2, "--since"),
        (["q", "--from", "soon"], 2, "RFC 3339"),
        (["q", "--time-zone", "Mars/Olympus"], 2, "Mars/Olympus"),
        (["q", "-w", "WEEK"], 2, "WEEK"),
        (["q", "--colour"], 2, "--colour"),
        ([], 2, ""),
    ],
    ids=str,
)
def test_mistakes_have_an_exit_code_and_say_what_is_allowed(
    server: RunningServer, slug: str, arguments: list[str], code: int, part: str
) -> None:
    """Never a traceback."""
    found = run_cli("query", *arguments, url=server.url)

    assert found[0] == code
    assert part in found[2] + found[1]
    assert "Traceback" not in found[2]
