import datetime as dt
from collections.abc import Iterator

import pytest
from api import Api, event, running_api

KEYS = "/api/v1/keys"


@pytest.fixture
def api() -> Iterator[Api]:
    """A server of its own for each test."""
    with running_api() as running:
        yield running


def _later(api: Api, **difference: float) -> str:
    return (api.services.now() + dt.timedelta(**difference)).isoformat().replace("+00:00", "Z")


def test_a_key_is_shown_once(api: Api) -> None:
    """Its text is in the answer that makes it, and in no list, entry or read afterwards."""
    made = api.create(KEYS, {"name": "job", "scopes": ["read", "ingest", "read"], "subjects": ["a"], "requestsPerSecond": 5})

    text = made.pop("key")
    assert (made["name"], made["scopes"], made["subjects"], made["requestsPerSecond"]) == ("job", ["read", "ingest"], ["a"], 5)
    assert text.startswith(made["start"])
    assert api.get(KEYS) == [made]
    assert api.get(f"{KEYS}/{made['id']}") == made
    assert text not in str(api.get("/api/v1/audit"))


def test_the_first_admin_key_ends_the_open_mode(api: Api) -> None:
    """Before it everybody on this machine may do everything; afterwards nobody without a key."""
    assert api.ask("GET", KEYS).status == 200
    admin = api.create(KEYS, {"name": "admin", "scopes": ["admin"]})["key"]
    assert api.ask("GET", KEYS).status == 401
    assert api.ask("GET", KEYS, bearer=admin).status == 200


def test_a_revoked_key_is_refused_at_once(api: Api) -> None:
    """The next request with it is 401, and revoking it again 404."""
    admin = api.create(KEYS, {"name": "admin", "scopes": ["admin"]})["key"]
    made = api.create(KEYS, {"name": "job", "scopes": ["read"]}, bearer=admin)
    assert api.ask("GET", "/api/v1/meters", bearer=made["key"]).status == 200

    assert api.ask("DELETE", f"{KEYS}/{made['id']}", bearer=admin).status == 204

    assert api.ask("GET", "/api/v1/meters", bearer=made["key"]).detail == "the key is unknown, revoked or mistyped"
    assert api.ask("DELETE", f"{KEYS}/{made['id']}", bearer=admin).status == 404


@pytest.mark.parametrize("grace", [0, 60])
def test_a_rotated_key_goes_on_for_its_grace(api: Api, grace: int) -> None:
    """The new one has the same rights; the old one is refused at once or when the grace is over."""
    admin = api.create(KEYS, {"name": "admin", "scopes": ["admin"]})["key"]
    old = api.create(KEYS, {"name": "job", "scopes": ["read"], "subjects": ["a"]}, bearer=admin)

    new = api.create(f"{KEYS}/{old['id']}/rotate", {"graceSeconds": grace}, bearer=admin)

    def statuses() -> list[int]:
        return [api.ask("GET", "/api/v1/meters", bearer=made["key"]).status for made in (old, new)]

    assert (new["name"], new["scopes"], new["subjects"]) == ("job", ["read"], ["a"])
    assert statuses() == [200 if grace else 401, 200]
    now = api.services.now() + dt.timedelta(seconds=grace)
    api.services.keys._now = lambda: now
    assert statuses() == [401, 200]


def test_an_expired_key_says_so(api: Api) -> None:
    """401 from that instant on."""
    made = api.create(KEYS, {"name": "job", "scopes": ["read"], "expiresAt": _later(api, minutes=1)})
    assert api.ask("GET", "/api/v1/meters", bearer=made["key"]).status == 200
    then = api.services.now() + dt.timedelta(minutes=1)
    api.services.keys._now = lambda: then
    assert api.ask("GET", "/api/v1/meters", bearer=made["key"]).detail == "the key has expired"


def test_a_key_past_its_rate_is_told_to_wait(api: Api) -> None:
    """429 with the seconds after which to ask again; no other key is slowed."""
    made = api.create(KEYS, {"name": "job", "scopes": ["read"], "requestsPerSecond": 1})
    answers = [api.ask("GET", "/api/v1/meters", bearer=made["key"]) for _ in range(20)]
    assert {answer.status for answer in answers} == {200, 429}
    refused = next(answer for answer in answers if answer.status == 429)
    assert (refused.headers["retry-after"], "1 requests each second" in refused.detail) == ("1", True)


def test_a_bound_key_writes_only_its_own(api: Api) -> None:
    """403 names the event; nothing of the batch is stored."""
    made = api.create(KEYS, {"name": "job", "scopes": ["ingest", "read"], "subjects": ["a"], "sources": ["test"]})["key"]
    for other in (event("2", "b"), event("3", "a", source="other")):
        batch = [event("1", "a"), other]
        answer = api.ask("POST", "/api/v1/events", batch, bearer=made)
        assert (answer.status, answer.detail.startswith("event 1: the key may not write")) == (403, True)
    assert api.get("/api/v1/events") == []
    api.ingest(event("1", "a"), bearer=made)


WRONG: dict[str, tuple[dict[str, object], str]] = {
    "no scopes": ({"name": "x"}, "scopes"),
    "empty scopes": ({"name": "x", "scopes": []}, "scopes"),
    "unknown scope": ({"name": "x", "scopes": ["portal"]}, "scopes"),
    "empty name": ({"name": "", "scopes": ["read"]}, "name"),
    "no subject": ({"name": "x", "scopes": ["read"], "subjects": []}, "subjects"),
    "bound admin": ({"name": "x", "scopes": ["admin"], "subjects": ["a"]}, "cannot be bound"),
    "rate": ({"name": "x", "scopes": ["read"], "requestsPerSecond": 0}, "requestsPerSecond"),
    "past": ({"name": "x", "scopes": ["read"], "expiresAt": "2020-01-01T00:00:00Z"}, "past"),
    "unknown field": ({"name": "x", "scopes": ["read"], "color": "red"}, "color"),
}


@pytest.mark.parametrize("name", list(WRONG))
def test_a_wrong_key_is_refused(api: Api, name: str) -> None:
    """400 says what is allowed, and there is no key."""
    body, says = WRONG[name]
    answer = api.ask("POST", KEYS, body)
    assert answer.status == 400
    assert says in answer.detail
    assert api.get(KEYS) == []


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("DELETE", ""), ("POST", "/rotate")])
def test_an_unknown_key_is_not_found(api: Api, method: str, path: str) -> None:
    """404 names what was asked for."""
    answer = api.ask(method, f"{KEYS}/nothing{path}", {} if method == "POST" else None)
    assert (answer.status, answer.detail) == (404, "key not found: nothing")


def test_a_grace_has_a_bound(api: Api) -> None:
    """A month at most."""
    made = api.create(KEYS, {"name": "x", "scopes": ["read"]})
    answer = api.ask("POST", f"{KEYS}/{made['id']}/rotate", {"graceSeconds": 2_592_001})
    assert (answer.status, "graceSeconds" in answer.detail) == (400, True)
