"""Health and metrics: what an operator and a load balancer look at."""

from collections.abc import Callable

from prometheus_client.parser import text_string_to_metric_families
from running_server import RunningServer, event

Name = Callable[[], str]


def metrics(server: RunningServer) -> dict[str, float]:
    """Return the samples of the metrics, by name and verdict."""
    answer = server.get("/metrics")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return {
        sample.name + "".join(f":{value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.body.decode())
        for sample in family.samples
    }


def test_a_healthy_server_is_live_and_ready(server: RunningServer) -> None:
    """And says what it has looked at."""
    live, ready = server.get("/healthz/live"), server.get("/healthz/ready")

    assert (live.status, live.json()) == (200, {"status": "ok", "checks": {}})
    assert ready.status == 200
    checks = ready.json()["checks"]
    assert checks.pop("prices").partition(":")[0] in {"ok", "alarm"}  # other tests of this server use models that have no price
    assert checks == {"accepting": "ok", "ledger": "ok", "warehouse": "ok", "disk": "ok"}


def test_accepted_events_are_new_duplicate_or_conflict(server: RunningServer, name: Name) -> None:
    """The three counters add up to what was accepted, refused events are in none, and the ledger holds the new ones."""
    event_type = name()
    before = metrics(server)

    server.ingest([event(str(number), event_type, data={"n": 1}) for number in range(10)])
    server.ingest([event(str(number), event_type, data={"n": 1}) for number in range(4)])
    server.ingest([event(str(number), event_type, data={"n": 2}) for number in range(3)])
    assert server.ingest([event("10", event_type), event("", event_type)]).status == 400

    after = metrics(server)
    grown = {name: after[name] - before[name] for name in after if name.startswith(("meterlark_events", "meterlark_ledger"))}
    assert grown == {
        "meterlark_events_total:new": 10,
        "meterlark_events_total:duplicate": 4,
        "meterlark_events_total:conflict": 3,
        "meterlark_ledger_events": 10,
        "meterlark_ledger_conflicts": 3,
    }
    assert 1 <= after["meterlark_commits_total"] - before["meterlark_commits_total"] <= 3
    assert after["meterlark_commit_seconds_total"] > before["meterlark_commit_seconds_total"]
    assert after["meterlark_ingest_queued_events"] == 0
    assert after["meterlark_projection_is_failing"] == 0
    assert after["process_resident_memory_bytes"] > 0


def test_metrics_do_not_grow_with_subjects(server: RunningServer, name: Name) -> None:
    """No text of a sender is ever a label."""
    event_type = name()
    before = set(metrics(server))

    server.ingest([event(str(number), event_type, subject=f"canary-{number}", data={"model": f"canary-{number}"}) for number in range(500)])

    assert set(metrics(server)) == before
    assert b"canary" not in server.get("/metrics").body
