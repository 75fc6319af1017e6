"""`meterlark portal`: a link for a customer."""

import json
from datetime import UTC, datetime, timedelta

from run_cli import run_cli
from running_server import RunningServer, event


def test_a_link_shows_the_usage_of_one_subject(server: RunningServer) -> None:
    """Standard output has the link alone; its token is asked here as the page does."""
    server.ingest(event("p1", "openai", subject="portal-a", data={"model": "m"}))

    code, output, said = run_cli("portal", "portal-a", "--meter", "openai_requests", "-m", "llm_requests", url=server.url)

    address, _, token = output.strip().partition("/portal#token=")
    assert (code, address) == (0, server.url)
    assert "portal-a" in said
    bearer = {"authorization": f"Bearer {token}"}
    shown = server.get("/api/v1/portal/meters", headers=bearer).json()
    assert (shown["subject"], [meter["slug"] for meter in shown["meters"]]) == ("portal-a", ["openai_requests", "llm_requests"])
    [row] = server.get("/api/v1/portal/meters/openai_requests/query", headers=bearer).json()["data"]
    assert row["value"] == 1


def test_a_link_is_valid_as_long_as_asked(server: RunningServer) -> None:
    """And its answer can be had as JSON."""
    code, output, _ = run_cli("portal", "portal-a", "--hours", "5", "--json", url=server.url)

    expires_at = datetime.fromisoformat(json.loads(output)["expiresAt"])
    assert code == 0
    assert timedelta(hours=4, minutes=58) < expires_at - datetime.now(UTC) <= timedelta(hours=5)


def test_what_the_server_refuses_is_told(server: RunningServer) -> None:
    """A life of more than a day, a meter that is not there."""
    code, output, said = run_cli("portal", "a", "--hours", "25", url=server.url)
    assert (code, output) == (2, "")
    assert "24 hours" in said
    assert run_cli("portal", "a", "-m", "nothing", url=server.url)[0] == 3
