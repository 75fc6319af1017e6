"""`meterlark ingest`: events of a file are stored once, and a refused one is named."""

import gzip
import itertools
import json
from pathlib import Path

import pytest
from run_cli import run_cli
from running_server import RunningServer, event

_numbers = itertools.count(1)


@pytest.fixture
def slug(server: RunningServer) -> str:
    """Give a meter of its own event type."""
    slug = f"cli{next(_numbers)}"
    server.create_meter(slug, slug)
    return slug


def lines(slug: str, count: int) -> list[str]:
    """Return events as JSON lines."""
    return [json.dumps(event(str(number), slug)) for number in range(count)]


@pytest.mark.parametrize("form", ["lines", "gzip", "array", "array over lines", "gzip array", "stdin", "blank lines"])
def test_every_form_of_a_file_is_read(server: RunningServer, slug: str, tmp_path: Path, form: str) -> None:
    """More than one request's worth; the numbers are told; sending again counts nothing twice."""
    events = lines(slug, 1200)
    content = "\n".join(events).encode() + b"\n"
    if "array" in form:
        content = f"[{(',' + chr(10) if 'over' in form else ',').join(events)}]".encode()
    if form == "blank lines":
        content = content.replace(b"\n", b"\n\n  \n")
    path = tmp_path / ("events.json.gz" if "gzip" in form else "events.json")
    path.write_bytes(gzip.compress(content) if "gzip" in form else content)
    arguments, stdin = (["-"], content) if form == "stdin" else ([str(path)], b"")

    first = run_cli("ingest", *arguments, url=server.url, stdin=stdin)
    second = run_cli("ingest", *arguments, "--json", "--url", server.url, stdin=stdin)

    assert first == (0, "1200 new, 0 duplicates, 0 conflicts, 0 refused\n", "")
    assert second[0] == 0
    assert json.loads(second[1]) == {"new": 0, "duplicate": 1200, "conflict": 0, "refused": 0}
    assert server.total(slug) == 1200


def test_exported_events_can_be_ingested(server: RunningServer, slug: str, tmp_path: Path) -> None:
    """They are those that are there; one that was voided would count elsewhere, and is refused."""
    sent, exported = tmp_path / "events.jsonl", tmp_path / "exported.jsonl"
    sent.write_text("\n".join(json.dumps(event(str(n), slug, time=f"2026-11-20T00:00:0{n}Z", data={"n": n})) for n in range(3)))
    run_cli("ingest", str(sent), url=server.url)
    void = {"source": slug, "id": "1", "reason": "a test"}
    assert server.send_json("POST", "/api/v1/events/void", void).status == 200
    run_cli("export", "events", "--type", slug, "-o", str(exported), url=server.url)

    code, output, talk = run_cli("ingest", str(exported), url=server.url)

    assert (code, output) == (6, "0 new, 2 duplicates, 0 conflicts, 1 refused\n")
    assert talk == f"{exported}:2: the event is voided; sent again it would count\n"


REFUSED = {
    "no subject": '{"specversion":"1.0","id":"x","source":"s","type":"t"}',
    "not JSON": "{broken",
    "cut": '{"specversion":"1.0","id":"x',
    "not an object": "5",
    "two events": '{"specversion":"1.0","id":"x","source":"s","type":"t","subject":"a"},{"id":"y"}',
    "the end of the array": '{"specversion":"1.0","id":"x","source":"s","type":"t","subject":"a"}]',
    "a lone surrogate": '{"specversion":"1.0","id":"\\ud800","source":"s","type":"t","subject":"a"}',
    "NaN": '{"specversion":"1.0","id":"x","source":"s","type":"t","subject":"a","data":{"n":NaN}}',
    "too large": json.dumps({"id": "x" * 3_000_000}),
}


@pytest.mark.parametrize("line", REFUSED.values(), ids=REFUSED.keys())
def test_a_refused_event_is_named_by_its_line_and_the_others_are_stored(
    server: RunningServer, slug: str, tmp_path: Path, line: str
) -> None:
    """Exit code 6: done in part."""
    events = lines(slug, 20)
    events.insert(7, line)
    path = tmp_path / "events.jsonl"
    path.write_text("\n".join(events), encoding="utf-8")

    code, output, talk = run_cli("ingest", str(path), url=server.url)

    assert (code, output) == (6, "20 new, 0 duplicates, 0 conflicts, 1 refused\n")
    assert talk.startswith(f"{path}:8: ")
    assert len(talk.splitlines()) == 1
    assert len(talk) < 1000
    assert server.total(slug) == 20


def test_many_refused_events_are_counted_and_some_shown(server: RunningServer, slug: str, tmp_path: Path) -> None:
    """A file of the wrong kind does not fill the screen."""
    path = tmp_path / "events.jsonl"
    path.write_text('{"no":"event"}\n' * 100, encoding="utf-8")

    code, output, talk = run_cli("ingest", str(path), url=server.url)

    assert (code, output) == (6, "0 new, 0 duplicates, 0 conflicts, 100 refused\n")
    assert len(talk.splitlines()) == 21


def test_a_refused_item_of_an_array_is_named_by_its_position(server: RunningServer, slug: str, tmp_path: Path) -> None:
    """Counted from 0, as in the server's own messages."""
    path = tmp_path / "events.json"
    path.write_text(json.dumps([event("1", slug), {"id": "x"}]), encoding="utf-8")

    code, _, talk = run_cli("ingest", str(path), url=server.url)

    assert code == 6
    assert talk.startswith(f"{path}[1]: ")


def test_conflicts_are_told(server: RunningServer, slug: str, tmp_path: Path) -> None:
    """They are success: the first content counts."""
    path = tmp_path / "events.jsonl"
    path.write_text("\n".join(json.dumps(event("1", slug, data={"n": n})) for n in (1, 1, 2)), encoding="utf-8")

    assert run_cli("ingest", str(path), url=server.url) == (0, "1 new, 1 duplicates, 1 conflicts, 0 refused\n", "")


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("missing.jsonl", None, (3, "there is no file")),
        ("cut.jsonl.gz", gzip.compress(b'{"a":1}\n' * 100)[:-9], (2, "not a whole gzip file")),
        ("plain.jsonl.gz", b'{"a":1}\n', (2, "not a whole gzip file")),
        ("broken.json", b'[{"a":1}', (2, "not a JSON array")),
    ],
    ids=["missing", "cut", "plain", "broken"],
)
def test_a_file_that_cannot_be_read_is_named(
    server: RunningServer, tmp_path: Path, name: str, content: bytes | None, expected: tuple[int, str]
) -> None:
    """In one line, with the exit code of the mistake."""
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)

    found = run_cli("ingest", str(path), url=server.url)

    assert found[:2] == (expected[0], "")
    assert name in found[2]
    assert expected[1] in found[2]
    assert len(found[2].splitlines()) == 1
