"""`meterlark doctor`: each thing that can be wrong is found, with what helps, and the exit code says whether one is an error."""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest
from run_cli import run_cli
from running_server import RunningServer, event

from meterlark.cli.doctor_server import look_at_server
from meterlark.cli.finding import Finding, Level
from meterlark.sdk.spool import Spool, destination_folder

Found = dict[str, list[tuple[str, str, str]]]


def examine(home: Path, *arguments: str, url: str, environ: Mapping[str, str] | None = None) -> tuple[int, Found]:
    """Run the doctor in a home of its own and return the exit code and the findings by check."""
    code, output, _ = run_cli("doctor", "--json", *arguments, url=url, environ={"HOME": str(home), **(environ or {})})
    found: Found = {}
    for line in output.splitlines():
        one = json.loads(line)
        found.setdefault(one["check"], []).append((one["level"], one["what"], one["fix"]))
    return code, found


def test_a_fresh_server_has_no_error(server: RunningServer, tmp_path: Path) -> None:
    """It is open, which is a warning."""
    code, found = examine(tmp_path, "--data-dir", str(server.data_dir), url=server.url)

    assert code == 0
    assert {check: ones[0][0] for check, ones in found.items()} == {
        "environment": "ok",
        "settings": "ok",
        "disk": "ok",
        "spool": "ok",
        "server": "ok",
        "clock": "ok",
        "version": "ok",
        "readiness": "ok",
        "key": "warning",
        "lag": "ok",
    }


def test_every_problem_has_what_helps(server: RunningServer, tmp_path: Path) -> None:
    """And what is well has none."""
    _, found = examine(tmp_path, url=server.url, environ={"METERLARK_PROT": "1"})

    assert all((level == "ok") == (fix == "") for ones in found.values() for level, _, fix in ones)


def test_no_server_is_an_error(tmp_path: Path) -> None:
    """Nothing else is looked at there."""
    code, found = examine(tmp_path, url="http://127.0.0.1:1")

    assert code == 1
    assert found["server"][0][0] == "error"
    assert "clock" not in found


def test_a_wrong_key_is_an_error(tmp_path: Path) -> None:
    """With how one is made."""
    with RunningServer(tmp_path / "data") as server:
        run_cli("keys", "create", "--name", "admin", "--scope", "admin", url=server.url)
        code, found = examine(tmp_path, url=server.url)

    level, _, fix = found["key"][0]
    assert (code, level) == (1, "error")
    assert "METERLARK_API_KEY" in fix


def test_wrong_settings_are_errors(server: RunningServer, tmp_path: Path) -> None:
    """One for each."""
    config = tmp_path / "c.toml"
    config.write_text('port = "x"\ncolour = 1\n', encoding="utf-8")

    code, found = examine(tmp_path, "--config", str(config), url=server.url)

    assert (code, [level for level, _, _ in found["settings"]]) == (1, ["error", "error"])


def test_events_of_ended_programs_are_found(server: RunningServer, tmp_path: Path) -> None:
    """Those for another server or key need another program."""
    base = tmp_path / ".local/state/meterlark/spool"
    for key in (None, "another"):
        spool = Spool(destination_folder(base, server.url, key), bytes_max=1_000_000)
        for number in range(3):
            spool.append(json.dumps(event(f"w{number}", "waiting")).encode())
        spool.release()

    _, found = examine(tmp_path, url=server.url)

    whats = sorted((level, what.partition(" wait in ")[0], what.endswith("another server or key")) for level, what, _ in found["spool"])
    assert whats == [("ok", "3 events of ended programs", False), ("warning", "3 events of ended programs", True)]


@pytest.mark.skipif(os.name == "nt", reason="permissions are those of POSIX")
def test_a_spool_that_others_may_write_to_is_an_error(server: RunningServer, tmp_path: Path) -> None:
    """The SDK does not use it, so events are in memory only."""
    folder = destination_folder(tmp_path / ".local/state/meterlark/spool", server.url, None)
    folder.mkdir(parents=True)
    folder.chmod(0o777)

    code, found = examine(tmp_path, url=server.url)

    assert (code, found["spool"][0][0]) == (1, "error")
    assert "chmod" in found["spool"][0][2]


def test_what_events_lack_is_found(tmp_path: Path) -> None:
    """A type without a meter, a value that is none, usage that is nobody's, another content under one identity."""
    now = datetime.now(UTC).isoformat()
    with RunningServer(tmp_path / "data") as server:
        server.ingest(
            [event("a", "mistyped", time=now), event("b", "llm.usage", subject="unattributed", time=now, data={"total_tokens": "x"})]
        )
        server.ingest([event("a", "mistyped", subject="other", time=now)])

        code, found = examine(tmp_path, url=server.url)

    assert code == 0
    assert {level for check in ("unmeasured", "attribution", "conflicts") for level, _, _ in found[check]} == {"warning"}
    assert any("llm_total_tokens" in what for _, what, _ in found["unmeasured"])


class _Away:
    """A server whose clock is wrong and that has nothing else."""

    url = "http://test"

    def __init__(self, date: str) -> None:
        self.date = date

    def download(self, path: str) -> "_Away":
        if path != "/healthz/live":
            raise AssertionError("only the first answer is needed")
        return self


@pytest.mark.parametrize(
    ("date", "expected"),
    [(format_datetime(datetime(2020, 1, 1, tzinfo=UTC), usegmt=True), Level.ERROR), ("", Level.WARNING)],
    ids=["years behind", "no date"],
)
def test_a_clock_that_is_wrong_is_found(date: str, expected: Level) -> None:
    """Events get the sender's time."""
    looks = look_at_server(_Away(date))  # type: ignore[arg-type]  # the part of a client that is used

    found: list[Finding] = [next(looks), next(looks)]
    assert (found[1].check, found[1].level) == ("clock", expected)
