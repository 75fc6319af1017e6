import json
import os
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest

from meterlark import Client
from meterlark.sdk.api import Api

PROGRAMS = Path(__file__).parent / "programs"
PROGRAM_SECONDS_MAX = 60
pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(600)]

EVENTS = ["1", "2", "3"]
V3_EVENTS = "/api/v3/openmeter/events"


def run(python: Path, program: str, *arguments: str, **environment: str) -> Any:
    """Run a program in the others' environment; return the JSON that it prints last."""
    command = [str(python), str(PROGRAMS / program), *arguments]
    ran = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=PROGRAM_SECONDS_MAX, check=False
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    return json.loads(ran.stdout.splitlines()[-1])


@pytest.fixture(params=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> str:
    """Give both clients of the package."""
    return str(request.param)


def test_openmeter_sends_and_lists_events(third_party_python: Path, server: str, kind: str) -> None:
    """One, a batch, plain JSON; what is sent again counts once."""
    assert run(third_party_python, "openmeter_sdk.py", kind, server, "events") == EVENTS


def test_openmeter_manages_and_asks_meters(third_party_python: Path, server: str, kind: str) -> None:
    """Creates, reads, changes, queries as JSON, by body and as CSV, deletes."""
    customer = f"om_{kind}_meters-customer"
    assert run(third_party_python, "openmeter_sdk.py", kind, server, "meters") == {
        "created": [f"om_{kind}_meters", "SUM", True, [f"om_{kind}_meters"]],
        "usage": [[None, {"model": "gpt-4o"}, 3], [None, {"model": "gpt-4o-mini"}, 4]],
        "filtered": [[None, {}, 3]],
        "csv": [["model", "value"], ["gpt-4o", "3"], ["gpt-4o-mini", "4"]],
        "name": "Renamed",
        "subjects": [customer],
        "values": ["gpt-4o", "gpt-4o-mini"],
    }


def test_openmeter_shows_customers_their_usage(third_party_python: Path, server: str, kind: str) -> None:
    """A portal token sees its own subject alone, and nothing once it is taken back."""
    subject = f"om_{kind}_portal-customer"
    seen = run(third_party_python, "openmeter_sdk.py", kind, server, "portal")
    assert (seen["listed"], seen["refused"]) == ([subject], 401)
    assert [row[2] for row in seen["seen"]] == [5]


def test_openmeter_manages_subjects(third_party_python: Path, server: str, kind: str) -> None:
    """Upserts, reads, lists, deletes."""
    key = f"om_{kind}_subjects"
    assert run(third_party_python, "openmeter_sdk.py", kind, server, "subjects") == [key, "ACME", {"tier": "gold"}, [key]]


def test_openmeter_manages_customers(third_party_python: Path, server: str, kind: str) -> None:
    """Creates, lists, reads, changes, deletes; usage by customer."""
    assert run(third_party_python, "openmeter_sdk.py", kind, server, "customers") == [[6], ["ACME"], "ACME Inc.", True]


def test_litellm_meters_by_its_callback(third_party_python: Path, server: str, provider: str, client: Client) -> None:
    """Blocking and streamed calls arrive under the answer's id, with the tokens the provider reported, in the preset meters."""
    seen = run(third_party_python, "litellm_callback.py", server, provider)

    stored = {one.event["id"]: one.event["data"]["total_tokens"] for one in client.list_events(subject="litellm-customer")}
    assert stored == dict(seen)
    assert len(stored) == 2
    [usage] = client.query_meter("litellm_total_tokens", subject=["litellm-customer"], group_by=["model"])
    assert int(usage.value) == sum(stored.values())


def test_cloudevents_sends_in_both_modes(third_party_python: Path, server: str, client: Client) -> None:
    """Structured and binary say the same."""
    assert run(third_party_python, "cloudevents_sdk.py", server) == 204

    events = {one.event["id"]: one.event for one in client.list_events(subject="acme & co")}
    assert set(events) == {"structured", "binary"}
    assert events["binary"]["data"] == events["structured"]["data"] == {"tokens": 21, "text": "ünï"}


def test_pandas_and_polars_read_answers(third_party_python: Path, server: str, client: Client) -> None:
    """Exact values, aware times, one column a group."""
    client.create_meter(slug="frames", event_type="frames", aggregation="SUM", value_property="$.n", group_by={"model": "$.model"})
    common = {"specversion": "1.0", "source": "frames", "type": "frames", "subject": "acme"}
    client.ingest_events({**common, "id": str(number), "data": {"n": f"{number}.25", "model": f"m{number}"}} for number in (1, 2))

    source = str(Path(__file__).parents[2] / "src")
    assert run(third_party_python, "frames.py", server, "frames", PYTHONPATH=source) == {
        "columns": [["window_start", "window_end", "model", "value"]] * 2,
        "sums": ["3.50", "3.50"],
        "types": ["UTC", "True"],
    }


def test_kong_sends_to_v3(server: str, client: Client) -> None:
    """A batch of the shape that Kong's metering plugin sends."""
    event = {
        "specversion": "1.0",
        "id": "9f0c3a6e-5d0b-4f0a-8a57-0d0f4f0e8a11",
        "source": "kong",
        "type": "kong_ai",
        "subject": "kong-consumer",
        "time": "2026-11-24T08:30:00Z",
        "datacontenttype": "application/json",
        "data": {"model": "gpt-4o", "prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
    }
    api = Api(server, key=None, timeout_seconds=10)
    reply = api.request("POST", V3_EVENTS, msgspec.json.encode([event]), content_type="application/cloudevents-batch+json")
    api.close()

    assert reply.status == 202
    assert client.list_events(subject="kong-consumer")[0].event == event
