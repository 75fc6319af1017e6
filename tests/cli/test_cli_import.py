"""`meterlark import exchanges`: recorded exchanges become events whose numbers are the provider's."""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from run_cli import run_cli
from running_server import RunningServer
from test_exchanges import FILES, OWN, RECORDED, expected_numbers, read

from meterlark.capture.exchange import Skipped, event_from_exchange


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[RunningServer]:
    """Give a server that holds nothing else."""
    with RunningServer(tmp_path / "data") as running:
        yield running


@pytest.mark.parametrize("which", ["own", "recorded"])
def test_an_import_gives_the_totals_of_a_plain_sum_over_the_files(own_server: RunningServer, which: str) -> None:
    """By model, each identity once, first one first; the same import again adds nothing."""
    files = [OWN] if which == "own" else [RECORDED / f"{name}.jsonl.gz" for name in FILES]
    if not all(path.exists() for path in files):
        pytest.skip("no recorded exchanges: set METERLARK_DATA to their folder to check all of them")
    # The plain sum: usage as the recorder saw it, model and identity as the event has them.
    expected: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    seen: set[tuple[str, str]] = set()
    read_count = 0
    for record in (record for path in files for record in read(path)):
        read_count += 1
        found = event_from_exchange(record, subject="x")
        if isinstance(found, Skipped) or (identity := (found.event["source"], found.event["id"])) in seen:
            continue
        seen.add(identity)
        sums = expected[found.event["data"].get("model", "")]
        sums[2] += 1  # requests
        data = found.event["data"]
        # Where the recorder itself found no usage, what we found is taken as given.
        numbers = expected_numbers(record) if record.get("usage") else (data.get("input_tokens"), data.get("output_tokens"))
        for index, number in enumerate(numbers):
            sums[index] += number or 0

    first = run_cli("import", "exchanges", *map(str, files), "--json", url=own_server.url)
    again = run_cli("import", "exchanges", *map(str, files), "--json", url=own_server.url)

    assert (first[0], first[2], again[0], again[2]) == (0, "", 0, "")
    report, second = json.loads(first[1]), json.loads(again[1])
    assert (report["read"], report["new"]) == (read_count, len(seen))
    assert report["new"] + report["duplicate"] + report["conflict"] + sum(report["skipped"].values()) == read_count
    assert second["new"] == 0
    assert second["duplicate"] + second["conflict"] == report["new"] + report["duplicate"] + report["conflict"]
    for index, meter in enumerate(("llm_input_tokens", "llm_output_tokens", "llm_requests")):
        rows = own_server.usage(meter, {"groupBy": "model"})
        answered = {row["groupBy"]["model"]: row["value"] for row in rows if row["value"]}
        assert answered == {model: sums[index] for model, sums in expected.items() if sums[index]}, meter


def test_the_report_is_a_table_with_every_reason(own_server: RunningServer) -> None:
    """What was read is new, duplicate, conflict or skipped with a reason."""
    code, output, talk = run_cli("import", "exchanges", str(OWN), "--customer", "globex", url=own_server.url)

    assert (code, talk) == (0, "")
    numbers = {" ".join(line.split()[:-1]): int(line.split()[-1]) for line in output.splitlines()[1:] if line.strip()}
    reasons = {name: count for name, count in numbers.items() if name.startswith("skipped: ")}
    assert len(reasons) >= 4
    assert numbers["read"] == numbers["new"] + numbers["duplicates"] + numbers["conflicts"] + sum(reasons.values())
    assert own_server.get("/api/v1/meters/llm_requests/subjects").json() == ["globex"]


def test_a_broken_line_is_counted_and_the_rest_imported(server: RunningServer, tmp_path: Path) -> None:
    """As skipped, with its reason."""
    path = tmp_path / "recorded.jsonl.gz"
    path.write_bytes(gzip.compress(b"{broken\n[]\n\n" + OWN.read_bytes()))

    code, output, _ = run_cli("import", "exchanges", str(path), "--json", url=server.url)

    report = json.loads(output)
    assert code == 0
    assert report["skipped"]["the line is not a JSON object"] == 2
    assert report["new"] + report["duplicate"] + report["conflict"] > 10


@pytest.mark.parametrize("arguments", [["missing.jsonl"], []])
def test_missing_files_are_named(server: RunningServer, arguments: list[str]) -> None:
    """Exit code 3."""
    code, output, talk = run_cli("import", "exchanges", *arguments, url=server.url)

    assert (code, output) == (3, "")
    assert "file" in talk
