"""The commands that need no running server: serve, demo, rebuild, version, help; and what they say when something is wrong."""

import json
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from ports import free_port
from run_cli import run_cli
from running_server import METERS, RunningServer, event

from meterlark.cli.main import COMMANDS, GROUPS
from meterlark.version import VERSION


@pytest.mark.parametrize("arguments", [["version"], ["--version"]])
def test_the_version_is_printed(arguments: list[str]) -> None:
    """As a line, or as JSON."""
    assert run_cli(*arguments) == (0, f"{VERSION}\n", "")
    assert json.loads(run_cli("version", "--json")[1]) == {"version": VERSION}


@pytest.mark.parametrize("command", [[], *([name] for name in GROUPS), *(name.split() for name, *_ in COMMANDS)], ids=" ".join)
def test_every_command_has_help(command: list[str]) -> None:
    """On standard output; commands have an example, and a form for programs."""
    code, output, talk = run_cli(*command, "--help")

    assert (code, talk) == (0, "")
    assert "Usage:" in output
    if (command and command[0] not in GROUPS) or len(command) > 1:
        assert f"meterlark {' '.join(command)}" in output.partition("For example:")[2]
        assert "--json" in output


@pytest.mark.parametrize("arguments", [["nothing"], ["serve", "--colour"], ["serve", "--port", "x"], ["ingest"], ["version", "extra"]])
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    """Without a traceback."""
    code, output, talk = run_cli(*arguments)

    assert code == 2
    assert "Traceback" not in talk + output


@pytest.mark.parametrize(
    "arguments",
    [
        ["query", "llm_requests"],
        ["ingest", "-"],
        ["import", "exchanges", str(Path(__file__).parents[1] / "fixtures" / "usage_exchanges.jsonl")],
    ],
)
def test_without_a_server_the_message_helps(arguments: list[str]) -> None:
    """It names the address and what to do."""
    url = f"http://127.0.0.1:{free_port()}"
    line = json.dumps(event("1", "x")).encode()

    code, output, talk = run_cli(*arguments, url=url, stdin=line)

    assert (code, output) == (1, "")
    assert url in talk
    assert "meterlark serve" in talk
    assert "--url" in talk
    assert len(talk.splitlines()) == 1


@pytest.mark.parametrize("url", ["nonsense", "ftp://x", "http://"])
def test_a_wrong_address_is_a_mistake(url: str) -> None:
    """Exit code 2, with what an address looks like."""
    code, _, talk = run_cli("query", "x", "--url", url)

    assert code == 2
    assert "http://127.0.0.1:8888" in talk


@pytest.mark.parametrize(
    ("arguments", "environ", "code", "part"),
    [
        (["--host", "0.0.0.0", "--port", "0"], {}, 2, "0.0.0.0"),  # noqa: S104 - what must be refused
        (["--port", "70000"], {}, 2, "port is 70000"),
        (["--config", "missing.toml"], {}, 2, "missing.toml"),
        ([], {"METERLARK_PORT": "x", "METERLARK_SYNCHRONOUS": "y"}, 2, "synchronous is 'y'"),
        (["--data-dir", "/proc/nowhere", "--port", "0"], {}, 1, "/proc/nowhere"),
    ],
    ids=str,
)
def test_a_server_that_cannot_start_says_why(tmp_path: Path, arguments: list[str], environ: dict[str, str], code: int, part: str) -> None:
    """One line for each mistake, nothing on standard output."""
    given = arguments if "--data-dir" in arguments else [*arguments, "--data-dir", str(tmp_path / "data")]

    found = run_cli("serve", *given, environ=environ)

    assert found[:2] == (code, "")
    assert part in found[2]
    assert "Traceback" not in found[2]


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    """With what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        code, output, talk = run_cli("serve", "--port", str(port), "--data-dir", str(tmp_path / "data"))

    assert (code, output) == (1, "")
    assert f"127.0.0.1:{port}" in talk
    assert "--port" in talk


def test_a_server_tells_where_it_answers(tmp_path: Path) -> None:
    """The address alone on standard output, the rest as talk; the default folder is in the current one."""
    with RunningServer(tmp_path / "data") as server:
        assert server.url == f"http://127.0.0.1:{server.port}"
        assert VERSION in server.log()
        assert str(tmp_path / "data") in server.log()
        assert server.stop() == 0
        first, pages, *warning = server.log().splitlines()
        assert first.startswith(f"Meterlark {VERSION} answers at")
        assert pages == f"The dashboard is at {server.url}/"
        assert warning[0].startswith("OPEN: ")


def test_a_configured_meter_is_made_and_may_not_be_contradicted(tmp_path: Path) -> None:
    """A start with the same file is quiet; one that measures something else is refused with exit code 5."""
    config = tmp_path / "meterlark.toml"
    text = '[[meters]]\nslug = "mine"\neventType = "a"\naggregation = "COUNT"\ngroupBy = { k = "$.k" }\n'
    config.write_text(text, encoding="utf-8")
    for _ in range(2):
        with RunningServer(tmp_path / "data", "--config", str(config)) as server:
            assert server.get(f"{METERS}/mine").json()["groupBy"] == {"k": "$.k"}
            assert server.stop() == 0

    config.write_text(text.replace('"a"', '"b"'), encoding="utf-8")
    code, _, talk = run_cli("serve", "--config", str(config), "--data-dir", str(tmp_path / "data"), "--port", "0")

    assert code == 5
    assert "mine" in talk


def test_a_rebuild_gives_the_same_answers(tmp_path: Path) -> None:
    """To the byte, for questions of every kind; while a server runs it is refused."""
    questions = [
        f"{METERS}/llm_total_tokens/query?windowSize=DAY&groupBy=model&groupBy=subject",
        f"{METERS}/llm_requests/query",
        f"{METERS}/llm_total_tokens/subjects",
        f"{METERS}/llm_total_tokens/group-by/model/values",
        "/api/v1/events?limit=1000",
    ]
    with RunningServer(tmp_path / "data") as server:
        for day in range(1, 10):
            data = {"model": f"m{day % 3}", "total_tokens": f"{day}.000000000000000001"}
            server.ingest(
                [
                    event(f"{day}-{number}", "llm.usage", subject=f"s{number % 7}", time=f"2026-03-0{day}T00:00:00Z", data=data)
                    for number in range(100)
                ]
            )
        before = [server.get(question).body for question in questions]
        code, _, talk = run_cli("rebuild", "--data-dir", str(tmp_path / "data"))
        assert code == 1
        assert f"process {server.process.pid}" in talk
        server.stop()

    assert run_cli("rebuild", "--data-dir", str(tmp_path / "data")) == (0, "900 events read from the ledger\n", "")
    assert json.loads(run_cli("rebuild", "--data-dir", str(tmp_path / "data"), "--json")[1]) == {"events": 900}

    with RunningServer(tmp_path / "data") as server:
        assert [server.get(question).body for question in questions] == before


def test_a_copy_of_a_running_ledger_is_whole(tmp_path: Path) -> None:
    """Taken with SQLite's own backup, as the guide to running a server says; the copy's server answers the same."""
    copy = tmp_path / "copy"
    copy.mkdir()
    with RunningServer(tmp_path / "data") as server:
        server.ingest([event(str(number), "llm.usage") for number in range(100)])
        ledger = sqlite3.connect(f"file:{tmp_path / 'data' / 'ledger.sqlite3'}?mode=ro", uri=True)
        with closing(ledger), closing(sqlite3.connect(copy / "ledger.sqlite3")) as copied:
            ledger.backup(copied)
        assert server.total("llm_requests") == 100

    with RunningServer(copy) as server:
        assert server.total("llm_requests") == 100


def test_a_rebuild_of_nothing_is_a_mistake(tmp_path: Path) -> None:
    """It would make an empty folder where a name was misspelt."""
    code, _, talk = run_cli("rebuild", "--data-dir", str(tmp_path / "nothing"))

    assert code == 2
    assert "--data-dir" in talk
    assert not (tmp_path / "nothing").exists()


def test_a_damaged_warehouse_is_rebuilt(tmp_path: Path) -> None:
    """A server refuses it and says so; the ledger has everything."""
    with RunningServer(tmp_path / "data") as server:
        server.ingest(event("1", "llm.usage"))
        assert server.total("llm_requests") == 1
        server.stop()
    (tmp_path / "data" / "warehouse.duckdb").write_bytes(b"rubbish" * 1000)

    code, _, talk = run_cli("serve", "--data-dir", str(tmp_path / "data"), "--port", "0")
    assert code == 1
    assert "meterlark rebuild" in talk
    assert run_cli("rebuild", "--data-dir", str(tmp_path / "data"))[0] == 0
    with RunningServer(tmp_path / "data") as server:
        assert server.total("llm_requests") == 1


def test_the_demo_answers_three_questions_and_leaves() -> None:
    """With the commands to try next; nothing is left behind."""
    code, output, talk = run_cli("demo", "--once")

    assert code == 0
    for part in ("How many tokens did each customer use, by model, by day?", "customer-", "gpt-4o", "reported", "Try next:", "curl"):
        assert part in output
    folder = Path(talk.partition("its data is in ")[2].partition(" and goes")[0])
    assert folder.name.startswith("meterlark-demo-")
    assert not folder.exists()


def test_the_demo_runs_programs(tmp_path: Path) -> None:
    """Against its server; one that fails is named."""
    program = tmp_path / "program.py"
    program.write_text("import os\nprint('ran against', os.environ['METERLARK_URL'])\n", encoding="utf-8")
    assert "ran against http://127.0.0.1:" in run_cli("demo", "--once", "--program", str(program))[1]

    program.write_text("raise SystemExit(7)\n", encoding="utf-8")
    code, _, talk = run_cli("demo", "--once", "--program", str(program))
    assert code == 1
    assert "exit code 7" in talk
    assert run_cli("demo", "--program", str(tmp_path / "missing.py"))[0] == 3
