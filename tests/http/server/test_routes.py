"""Paths and methods: what is not there, what is not allowed, HEAD, and the headers of every answer."""

import pytest
from running_server import EVENTS, METERS, RunningServer, assert_problem


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/v1",
        "/api/v1/event",
        "/api/v1/events/",
        "/API/v1/events",
        "//api/v1/events",
        "/api/v1/events/1",
        "/api/v1/meters/a/b/c",
        "/api/v1/meters/..%2f..%2fetc%2fpasswd",
        "/api/v1/meters/%00",
        "/%ff%fe",
        "/" + "x" * 5000,
    ],
    ids=lambda path: path[:40],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_unknown_paths_are_not_found(server: RunningServer, path: str, method: str) -> None:
    """404 as a problem that says where the list of paths is; long paths are cut in it."""
    answer = server.request(method, path)

    if path == "/api/v1/meters/%00":
        assert answer.status in (404, 405)
        return
    problem = assert_problem(answer, 404)
    assert "/api/openapi.json" in problem["detail"]
    assert len(answer.body) < 1000


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        (EVENTS, "GET, HEAD, POST"),
        (METERS, "GET, HEAD, POST"),
        (f"{METERS}/x", "DELETE, GET, HEAD, PUT"),
        (f"{METERS}/x/query", "GET, HEAD, POST"),
        (f"{METERS}/x/subjects", "GET, HEAD"),
        ("/healthz/ready", "GET, HEAD"),
        ("/api/openapi.json", "GET, HEAD"),
    ],
)
@pytest.mark.parametrize("method", ["PATCH", "OPTIONS", "TRACE", "PROPFIND"])
def test_other_methods_are_refused_with_those_allowed(server: RunningServer, path: str, allowed: str, method: str) -> None:
    """405 names them in the header and in the text."""
    answer = server.request(method, path)

    assert_problem(answer, 405, method, allowed)
    assert answer.headers["allow"] == allowed


@pytest.mark.parametrize("path", [EVENTS, METERS, f"{METERS}/llm_requests", f"{METERS}/llm_requests/query", "/metrics", "/healthz/live"])
def test_head_is_get_without_a_body(server: RunningServer, path: str) -> None:
    """With the same headers."""
    got, head = server.get(path), server.request("HEAD", path)

    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-type"] == got.headers["content-type"]
    if path != "/metrics":
        assert head.headers["content-length"] == got.headers["content-length"]


def test_head_of_what_is_not_there_is_not_found(server: RunningServer) -> None:
    """Also without a body."""
    answer = server.request("HEAD", "/nothing")

    assert (answer.status, answer.body) == (404, b"")


@pytest.mark.parametrize("path", ["/healthz/live", "/nothing", f"{METERS}/nothing"])
def test_every_answer_has_a_request_id(server: RunningServer, path: str) -> None:
    """Its own, or the client's where that can be logged."""
    assert len(server.get(path).headers["x-request-id"]) == 32
    assert server.get(path, headers={"x-request-id": "mine-1"}).headers["x-request-id"] == "mine-1"
    assert server.get(path, headers={"x-request-id": "a\tb"}).headers["x-request-id"] != "a\tb"


def test_no_answer_names_the_programs_behind_it(server: RunningServer) -> None:
    """An attacker learns no version from headers."""
    assert "server" not in server.get("/healthz/live").headers
