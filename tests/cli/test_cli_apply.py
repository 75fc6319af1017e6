"""`meterlark apply` and `meterlark meters list`."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from run_cli import run_cli
from running_server import METERS, RunningServer

from meterlark.cli import apply

# As in OpenMeter's quickstart configuration, with what else stands there.
OPENMETER = """
ingest:
  kafka:
    broker: kafka:9092
meters:
  - slug: api_requests_total
    description: API Requests
    eventType: request
    aggregation: COUNT
    groupBy:
      method: $.method
      route: $.route
  - slug: tokens_total        # Sample meter to track tokens
    description: AI Token Usage
    eventType: prompt
    valueProperty: $.tokens   # JSONPath to parse usage value
    aggregation: SUM
    groupBy:
      model: $.model
      type: $.type
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Give the file."""
    path = tmp_path / "meters.yaml"
    path.write_text(OPENMETER, encoding="utf-8")
    return path


@pytest.fixture
def server(server: RunningServer) -> Iterator[RunningServer]:
    """Give the server without the meters of another test."""
    yield server
    for slug in ("api_requests_total", "tokens_total", "extra"):
        server.request("DELETE", f"{METERS}/{slug}")


def slugs(server: RunningServer) -> set[str]:
    """Return the meters of the server."""
    return {meter["slug"] for meter in server.get(METERS).json()}


def test_a_file_of_openmeter_is_applied_and_applied_again(server: RunningServer, file: Path) -> None:
    """The diff is shown, the meters are made, and the second time there is nothing to do."""
    code, output, talk = run_cli("apply", "-f", str(file), "--yes", url=server.url)

    assert (code, talk.splitlines()[0]) == (0, f"{file}: only the meters are read, not ingest")
    assert "+ tokens_total: create\n" in output
    assert '    groupBy: {"model": "$.model", "type": "$.type"}\n' in output
    assert slugs(server) >= {"api_requests_total", "tokens_total"}
    assert run_cli("apply", "-f", str(file), "--dry-run", url=server.url)[:2] == (0, "")
    assert run_cli("apply", "-f", str(file), url=server.url)[0] == 0


def test_a_dry_run_shows_and_changes_nothing(server: RunningServer, file: Path) -> None:
    """Exit code 7 says that something would change; JSON has one change a line."""
    before = slugs(server)
    code, output, _ = run_cli("apply", "-f", str(file), "--dry-run", "--json", url=server.url)

    first, second = map(json.loads, output.splitlines())
    assert code == 7
    assert (first["action"], first["slug"]) == ("create", "api_requests_total")
    assert second["fields"]["valueProperty"] == {"before": None, "after": "$.tokens"}
    assert slugs(server) == before


def test_a_change_is_shown_with_both_sides(server: RunningServer, file: Path) -> None:
    """And made."""
    run_cli("apply", "-f", str(file), "--yes", url=server.url)
    file.write_text(OPENMETER.replace("AI Token Usage", "Tokens"), encoding="utf-8")

    code, output, _ = run_cli("apply", "-f", str(file), "--yes", url=server.url)

    assert (code, output) == (0, '~ tokens_total: change\n    description: "AI Token Usage" -> "Tokens"\n')
    found = server.get(f"{METERS}/tokens_total").json()
    assert (found["description"], found["groupBy"]) == ("Tokens", {"model": "$.model", "type": "$.type"})


def test_a_meter_that_measures_something_else_stops_everything(server: RunningServer, file: Path) -> None:
    """Exit code 5, and the other changes are not made either."""
    run_cli("apply", "-f", str(file), "--yes", url=server.url)
    changed = OPENMETER.replace("aggregation: SUM", "aggregation: MAX").replace("API Requests", "Calls")
    file.write_text(changed, encoding="utf-8")

    code, output, talk = run_cli("apply", "-f", str(file), "--yes", url=server.url)

    assert code == 5
    assert '! tokens_total: refuse\n    aggregation: "SUM" -> "MAX"\n' in output
    assert "delete it or choose another slug. Nothing was changed" in talk
    assert server.get(f"{METERS}/api_requests_total").json()["description"] == "API Requests"


def test_only_pruning_deletes_and_presets_stay(server: RunningServer, file: Path) -> None:
    """Without `--prune`, what is not in the file stays."""
    server.create_meter("extra", "extra")
    run_cli("apply", "-f", str(file), "--yes", url=server.url)
    assert "extra" in slugs(server)

    code, output, _ = run_cli("apply", "-f", str(file), "--yes", "--prune", url=server.url)

    assert (code, output.splitlines()[0]) == (0, "- extra: delete")
    assert slugs(server) >= {"llm_requests", "tokens_total"}
    assert "extra" not in slugs(server)


def test_without_a_terminal_nothing_is_changed_unasked(server: RunningServer, file: Path) -> None:
    """Exit code 2 names both ways out; a file on standard input cannot be asked about at all."""
    for arguments, stdin in ((str(file), b""), ("-", OPENMETER.encode())):
        code, _, talk = run_cli("apply", "-f", arguments, url=server.url, stdin=stdin)
        assert code == 2
        assert "--yes" in talk
        assert "--dry-run" in talk
    assert "tokens_total" not in slugs(server)


@pytest.mark.parametrize(("answer", "is_yes"), [("y\n", True), ("YES\n", True), ("\n", False), ("n\n", False), ("", False)])
def test_at_a_terminal_it_asks(answer: str, *, is_yes: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Anything but yes is no."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal(answer))

    assert apply._confirmed(3, "http://x", "meters.yaml") is is_yes
    assert capsys.readouterr().err == "Make 3 changes at http://x? [y/N] "


def test_standard_input_is_read(server: RunningServer) -> None:
    """JSON is YAML, too."""
    meters = {"meters": [{"slug": "tokens_total", "eventType": "prompt", "aggregation": "COUNT"}]}

    assert run_cli("apply", "-f", "-", "--yes", url=server.url, stdin=json.dumps(meters).encode())[0] == 0
    assert "tokens_total" in slugs(server)


def test_a_failure_in_the_middle_is_done_in_part(server: RunningServer, file: Path) -> None:
    """Exit code 6 says how far it went: here a feature still needs the meter that would be deleted."""
    server.create_meter("extra", "extra")
    feature = json.dumps({"key": "uses_extra", "name": "Uses extra", "meterSlug": "extra"}).encode()
    made = server.request("POST", "/api/v1/features", feature, {"content-type": "application/json"})
    assert made.status == 201

    code, _, talk = run_cli("apply", "-f", str(file), "--yes", "--prune", url=server.url)

    assert code == 6
    assert "error: extra: the meter extra is used by the feature uses_extra" in talk
    assert "2 of 3 changes were made" in talk
    assert server.request("DELETE", f"/api/v1/features/{made.json()['id']}").status == 204


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("meters: 3", "has no list of meters"),
        ("[]", "has no list of meters"),
        ("meters: [", "is not YAML"),
        ("meters:\n- slug: a\n  slug: b", "the key 'slug' is given twice"),
        ("meters:\n- slug: a", "meters[0]: "),
        (
            "meters:\n- {slug: No, eventType: x, aggregation: COUNT}\n- {slug: b, eventType: x, aggregation: SUM}",
            "meters[1]: valueProperty",
        ),
        ("meters:\n- {slug: a, eventType: x, aggregation: COUNT}\n- {slug: a, eventType: x, aggregation: COUNT}", "given twice"),
        ("meters:\n- {slug: a, eventtype: x, aggregation: COUNT}", "keys are slug"),
        ("meters: !!python/object:os.system {}", "is not YAML"),
    ],
)
def test_a_wrong_file_is_refused_with_every_mistake(tmp_path: Path, text: str, said: str) -> None:
    """Before any server is asked."""
    path = tmp_path / "wrong.yaml"
    path.write_text(text, encoding="utf-8")

    code, _, talk = run_cli("apply", "-f", str(path), url="http://127.0.0.1:9")

    assert code == 2
    assert said in talk


def test_plain_words_of_a_file_are_texts(server: RunningServer) -> None:
    """`no`, a date and `1.10` are what is written, not a boolean, a time and 1.1."""
    text = "meters:\n- slug: tokens_total\n  eventType: no\n  aggregation: COUNT\n  metadata: {version: 1.10, since: 2026-11-01}\n"
    text += "  eventFrom: 2026-11-01T00:00:00Z\n  description:\n"

    assert run_cli("apply", "-f", "-", "--yes", url=server.url, stdin=text.encode())[0] == 0

    found = server.get(f"{METERS}/tokens_total").json()
    assert (found["eventType"], found["metadata"]) == ("no", {"version": "1.10", "since": "2026-11-01"})
    assert (found["eventFrom"], "description" in found) == ("2026-11-01T00:00:00Z", False)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    """With its name."""
    code, _, talk = run_cli("apply", "-f", str(tmp_path / "none.yaml"), url="http://127.0.0.1:9")

    assert code == 1
    assert "none.yaml cannot be read" in talk


def test_meters_are_listed(server: RunningServer, file: Path) -> None:
    """As a table, or one JSON object a line."""
    run_cli("apply", "-f", str(file), "--yes", url=server.url)

    _, table, _ = run_cli("meters", "list", url=server.url)
    _, lines, _ = run_cli("meters", "list", "--json", url=server.url)

    [row] = [line.split() for line in table.splitlines() if "tokens_total" in line]
    assert row == ["tokens_total", "SUM", "prompt", "$.tokens", "model", "type"]
    assert {json.loads(line)["slug"] for line in lines.splitlines()} == slugs(server)
