"""Forms that change something: meters, keys, portal tokens; and what a key without that right sees."""

import pytest
from api import Api
from figures import fill
from visitor import Read, Visitor

EVENT = '{"specversion":"1.0","id":"j1","source":"s","type":"job.finished","subject":"acme","data":{"gpu":{"seconds":2.5},"region":"eu"}}'


def code(answer_html: Read) -> str:
    """Return the first text to copy on a page."""
    return answer_html.codes[0]


def test_a_meter_is_made_from_an_event(api: Api, visitor: Visitor) -> None:
    """An event is read, the meter tried on stored ones, then created; without JavaScript."""
    fill(api)
    read = Read(visitor.post("/meters/new", {"action": "read", "event": EVENT}, status=200))
    assert {"$.gpu.seconds", "$.region"} <= set(read.values("input", "value"))

    form = {"event": EVENT, "slug": "gpu_seconds", "aggregation": "SUM", "value": "$.gpu.seconds", "group": ["$.region"]}
    tried = Read(visitor.post("/meters/new", {"action": "try", **form}, status=200))
    assert "Of this event it reads 2.5 · region: eu." in tried.text
    assert "Over all 1 stored events of the type" in tried.text

    assert visitor.post("/meters/new", {"action": "create", **form}).headers["location"] == "/explore?meter=gpu_seconds"
    meter = api.get("/api/v1/meters/gpu_seconds")
    assert meter["valueProperty"] == "$.gpu.seconds"
    assert meter["groupBy"] == {"region": "$.region"}


def test_a_mistake_in_a_meter_keeps_what_was_filled_in(visitor: Visitor) -> None:
    """A refused form comes back with the reason and the texts."""
    answer = visitor.post("/meters/new", {"action": "create", "event": EVENT.replace("2.5", "2.5.5"), "slug": "x"}, status=400)

    page = Read(answer)
    assert "the event:" in page.text
    assert "2.5.5" in page.text


def test_a_meter_is_deleted(api: Api, visitor: Visitor) -> None:
    """A meter that is deleted is gone from the list."""
    visitor.post("/meters/delete", {"slug": "litellm_requests"})

    assert api.ask("GET", "/api/v1/meters/litellm_requests").status == 404


def test_a_key_is_shown_once(api: Api, visitor: Visitor) -> None:
    """The text of a new key is on the page that answers the form and on no other."""
    made = Read(visitor.post("/settings/keys", {"name": "reports", "scope": ["read"], "subjects": "acme\r\nglobex\r\n"}, status=200))

    text = code(made)
    assert text.startswith("mlk_")
    assert text not in visitor.get("/settings").body.decode()
    [key] = api.get("/api/v1/keys")
    assert key["subjects"] == ["acme", "globex"]


def test_the_first_admin_key_closes_the_server(visitor: Visitor) -> None:
    """The page says that a key is needed from now on, and it is."""
    made = Read(visitor.post("/settings/keys", {"name": "admin", "scope": ["admin"]}, status=200))

    assert "the next page asks for a key" in made.text
    visitor.get("/settings", status=303)
    visitor.log_in(code(made))
    visitor.get("/settings")


def test_a_key_is_rotated_and_revoked(api: Api, visitor: Visitor) -> None:
    """A rotated key has a successor with its rights; a revoked one is gone."""
    visitor.post("/settings/keys", {"name": "one", "scope": ["read"]}, status=200)
    [old] = api.get("/api/v1/keys")

    text = code(Read(visitor.post("/settings/keys/rotate", {"id": old["id"], "hours": "0"}, status=200)))
    [new] = api.get("/api/v1/keys")
    assert text.startswith(new["start"])
    assert new["id"] != old["id"]

    visitor.post("/settings/keys/revoke", {"id": new["id"]})
    assert api.get("/api/v1/keys") == []


def test_a_portal_token_is_made_and_taken_back(api: Api, visitor: Visitor) -> None:
    """A token opens its subject's own usage until it is taken back."""
    text = code(Read(visitor.post("/settings/portal", {"subject": "acme", "hours": "2"}, status=200)))
    assert api.ask("GET", "/api/v1/portal/meters/llm_requests/query", bearer=text).status == 200

    [token] = api.get("/api/v1/portal/tokens")
    visitor.post("/settings/portal/invalidate", {"id": token["id"]})

    assert api.ask("GET", "/api/v1/portal/meters/llm_requests/query", bearer=text).status == 401


@pytest.fixture
def keys(api: Api) -> dict[str, str]:
    """Fill a server, close it, and give the texts of keys."""
    fill(api)
    rights: dict[str, dict[str, object]] = {
        "read": {"scopes": ["read"]},
        "bound": {"scopes": ["read"], "subjects": ["acme"]},
        "admin": {"scopes": ["admin"]},
    }
    return {name: api.create("/api/v1/keys", {"name": name, **more})["key"] for name, more in rights.items()}


FORMS = {
    "/meters/delete": {"slug": "llm_requests"},
    "/settings/keys": {"name": "x", "scope": "read"},
    "/settings/keys/rotate": {"id": "x"},
    "/settings/keys/revoke": {"id": "x"},
    "/settings/portal": {"subject": "acme"},
    "/settings/portal/invalidate": {"id": "x"},
    "/events/void": {"source": "openai:https://api.openai.com/v1", "id": "call-1", "reason": "x"},
    "/meters/new": {"action": "create", "event": EVENT, "slug": "gpu", "aggregation": "COUNT"},
}


@pytest.mark.parametrize("path", FORMS)
def test_a_key_that_reads_changes_nothing(visitor: Visitor, keys: dict[str, str], path: str) -> None:
    """Every form that changes something is refused to a key without the scope."""
    visitor.log_in(keys["read"])

    assert "this needs the scope admin" in Read(visitor.post(path, FORMS[path], status=403)).text


def test_a_key_that_reads_is_offered_no_change(visitor: Visitor, keys: dict[str, str]) -> None:
    """Its pages have no form but those of search, of the light and of the end of the session."""
    visitor.log_in(keys["read"])

    for path in ("/meters", "/settings", "/customers"):
        targets = {
            attributes["action"] for tag, attributes in Read(visitor.get(path)).tags if tag == "form" and attributes.get("method") == "post"
        }
        assert targets == {"/theme", "/logout"}


def test_a_bound_key_sees_its_own_subjects(visitor: Visitor, keys: dict[str, str]) -> None:
    """Neither figures nor names nor counts of other subjects are on any of its pages."""
    visitor.log_in(keys["bound"])

    for path in (
        "/overview?split=customer",
        "/explore?group=subject",
        "/customers",
        "/events",
        "/events/unmeasured",
        "/events/conflicts",
        "/settings",
        "/meters",
    ):
        text = visitor.get(path).body.decode()
        assert "globex" not in text
        assert "initech" not in text
        assert "201" not in Read(visitor.get(path)).text
    visitor.get("/subject?key=globex", status=403)
    visitor.get("/events/story?source=openai:https://api.openai.com/v1&id=call-1", status=404)
    assert "acme" in visitor.get("/events").body.decode()


def test_a_bound_key_sees_the_figures_of_the_api(api: Api, visitor: Visitor, keys: dict[str, str]) -> None:
    """The overview of a bound key is what the API answers to that key."""
    visitor.log_in(keys["bound"])

    [row] = api.get("/api/v1/meters/llm_total_tokens/query", bearer=keys["bound"])["data"]
    assert f"{row['value']:,}" in Read(visitor.get("/overview")).text
