import base64
import datetime as dt
import json
from collections.abc import Iterator

import pytest
from api import Api, event, running_api

from meterlark.server.cross_origin import CrossOrigin

TOKENS = "/api/v1/portal/tokens"
PORTAL = "/api/v1/portal/meters"
QUERY = "/api/v1/portal/meters/openai_requests/query"


@pytest.fixture
def api() -> Iterator[Api]:
    """A server with events of two subjects for each test."""
    with running_api() as running:
        running.ingest(event("1", "acme"), event("2", "bolt"), event("3", "acme"))
        yield running


def test_a_token_shows_its_subject_only(api: Api) -> None:
    """The same question as a key's, answered about one subject, for pages of any origin."""
    made = api.create(TOKENS, {"subject": "acme"})

    answer = api.ask("GET", QUERY, query={"groupBy": ["subject", "model"]}, bearer=made["token"])

    [row] = answer.json()["data"]
    assert (row["subject"], row["value"], row["groupBy"]) == ("acme", 2, {"model": "gpt-4o"})
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_token_lives_an_hour(api: Api) -> None:
    """Unless something else was asked for; then it is refused with the reason."""
    made = api.create(TOKENS, {"subject": "acme"})
    created, expires = (dt.datetime.fromisoformat(made[name]) for name in ("createdAt", "expiresAt"))
    assert expires - created == dt.timedelta(hours=1)
    api.services.portal._now = lambda: expires
    assert api.ask("GET", QUERY, bearer=made["token"]).detail == "token expired"


def test_a_token_shows_listed_meters_only(api: Api) -> None:
    """Another meter is 401, as in the protocol."""
    made = api.create(TOKENS, {"subject": "acme", "allowedMeterSlugs": ["openai_total_tokens"]})
    answer = api.ask("GET", QUERY, bearer=made["token"])
    assert (answer.status, answer.detail) == (401, "meter slug not allowed")
    assert api.ask("GET", QUERY.replace("requests", "total_tokens"), bearer=made["token"]).status == 200


@pytest.mark.parametrize("query", [{"subject": "bolt"}, {"subject": "acme"}, {"filterCustomerId": "x"}])
def test_the_subject_is_the_tokens(api: Api, query: dict[str, str]) -> None:
    """Nobody asks for one, not even for their own."""
    made = api.create(TOKENS, {"subject": "acme"})
    assert api.ask("GET", QUERY, query=query, bearer=made["token"]).status == 400


def test_tokens_are_listed_newest_first_without_their_texts(api: Api) -> None:
    """At most as many as asked for; `expired` tells whether one is over."""
    made = [api.create(TOKENS, {"subject": f"s{number}"}) for number in range(3)]
    listed = api.get(TOKENS, limit=2)
    assert [one["id"] for one in listed] == [made[2]["id"], made[1]["id"]]
    assert [one["expired"] for one in listed] == [False, False]
    assert not any("token" in one for one in listed)


@pytest.mark.parametrize(("body", "alive"), [({"id": 0}, [1, 2]), ({"subject": "s1"}, [0, 2]), ({}, [])])
def test_invalidated_tokens_are_refused_at_once(api: Api, body: dict[str, object], alive: list[int]) -> None:
    """One by its id, all of a subject, or all."""
    made = [api.create(TOKENS, {"subject": f"s{number}"}) for number in range(3)]

    answer = api.ask("POST", f"{TOKENS}/invalidate", {**body, **({"id": made[0]["id"]} if "id" in body else {})})

    assert answer.status == 204
    statuses = [api.ask("GET", QUERY, bearer=one["token"]).status for one in made]
    assert statuses == [200 if number in alive else 401 for number in range(3)]


def test_an_unknown_token_cannot_be_invalidated(api: Api) -> None:
    """404 names it."""
    assert api.ask("POST", f"{TOKENS}/invalidate", {"id": "nothing"}).detail == "portal token not found: nothing"


def _forged(token: str, header: dict[str, str], **claims: object) -> str:
    _, payload, signature = token.split(".")
    known = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))

    def encoded(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{encoded(header)}.{encoded({**known, **claims})}.{'' if header['alg'] == 'none' else signature}"


@pytest.mark.parametrize("alg", ["HS256", "none", "RS256", "HS512"])
def test_a_forged_token_is_refused(api: Api, alg: str) -> None:
    """Another subject, another algorithm, or none at all."""
    made = api.create(TOKENS, {"subject": "acme"})
    answer = api.ask("GET", QUERY, bearer=_forged(made["token"], {"alg": alg, "typ": "JWT"}, sub="bolt"))
    assert (answer.status, answer.detail) == (401, "invalid token")


@pytest.mark.parametrize(
    ("authorization", "detail"),
    [(None, "missing authorization header"), ("Basic x", "invalid authorization header"), ("Bearer x", "invalid token")],
)
def test_what_is_no_token_is_refused(api: Api, authorization: str | None, detail: str) -> None:
    """401 with the words of the protocol."""
    answer = api.ask("GET", QUERY, headers={} if authorization is None else {"authorization": authorization})
    assert answer.status == 401
    assert answer.detail.startswith(detail)


WRONG: dict[str, tuple[dict[str, object], int, str]] = {
    "no subject": ({}, 400, "subject"),
    "empty subject": ({"subject": ""}, 400, "subject"),
    "no meter": ({"subject": "a", "allowedMeterSlugs": []}, 400, "allowedMeterSlugs"),
    "unknown meter": ({"subject": "a", "allowedMeterSlugs": ["nothing"]}, 404, "meter not found: nothing"),
    "past": ({"subject": "a", "expiresAt": "2020-01-01T00:00:00Z"}, 400, "expiresAt"),
    "more than a day": ({"subject": "a", "expiresAt": "2999-01-01T00:00:00Z"}, 400, "24 hours"),
}


@pytest.mark.parametrize("name", list(WRONG))
def test_a_wrong_token_is_refused(api: Api, name: str) -> None:
    """The problem says what is allowed, and there is no token."""
    body, status, says = WRONG[name]
    answer = api.ask("POST", TOKENS, body)
    assert answer.status == status
    assert says in answer.detail
    assert api.get(TOKENS) == []


def test_a_browser_may_ask_from_any_origin(api: Api) -> None:
    """The question before the question is answered without a token, whatever the question's parameters are."""
    answer = api.ask("OPTIONS", QUERY, query={"windowSize": "DAY", "from": "2026-01-01T00:00:00Z"})
    assert (answer.status, answer.headers["access-control-allow-methods"]) == (204, "GET, OPTIONS")
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_page_of_another_origin_may_read_why_it_was_refused(api: Api) -> None:
    """Or it could not tell an expired token from a server that is down."""
    answer = api.ask("GET", QUERY, bearer="x.y.z", headers={"origin": "https://app.example.com"})
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (401, "*")


@pytest.mark.parametrize("path", ["/api/v1/portal/tokens", "/api/v1/meters", f"/api/v1/meters/{QUERY.split('/')[-2]}/query"])
def test_nothing_else_is_for_pages_of_other_origins(api: Api, path: str) -> None:
    """Above all not what makes tokens."""
    answer = api.ask("GET", path, headers={"origin": "https://app.example.com"})
    assert answer.status == 200
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_only_listed_origins_may_read(api: Api) -> None:
    """A cache must not give one origin the answer for another."""
    api.application._cross_origin = CrossOrigin(["https://app.example.com", "http://localhost:3000"])
    allowed, refused = (api.ask("GET", PORTAL, headers={"origin": origin}) for origin in ("http://localhost:3000", "https://evil.example"))
    assert allowed.headers["access-control-allow-origin"] == "http://localhost:3000"
    assert "access-control-allow-origin" not in refused.headers
    assert allowed.headers["vary"] == refused.headers["vary"] == "origin"


def test_no_answer_allows_credentials(api: Api) -> None:
    """Cookies have no part in it."""
    answers = [api.ask(method, path, headers={"origin": "https://a.example"}) for method in ("GET", "OPTIONS") for path in (PORTAL, QUERY)]
    assert not any("access-control-allow-credentials" in answer.headers for answer in answers)


def test_the_portal_tells_what_a_token_shows(api: Api) -> None:
    """Whose usage, until when, and the meters in the order in which they were allowed."""
    api.create("/api/v1/subjects", [{"key": "acme", "displayName": "Acme"}, {"key": "bolt", "displayName": "Bolt"}])
    made = api.create(TOKENS, {"subject": "acme", "allowedMeterSlugs": ["openai_total_tokens", "llm_requests"]})

    shown = api.get(PORTAL, bearer=made["token"])

    assert (shown["subject"], shown["displayName"], shown["expiresAt"]) == ("acme", "Acme", made["expiresAt"])
    assert [meter["slug"] for meter in shown["meters"]] == ["openai_total_tokens", "llm_requests"]
    assert shown["meters"][0] == {
        "slug": "openai_total_tokens",
        "name": "Total tokens (openai)",
        "aggregation": "SUM",
        "dimensions": ["model"],
    }


def test_a_token_without_a_list_shows_all_meters_but_cost(api: Api) -> None:
    """What usage cost the product is not its customers' to know; names of other subjects neither."""
    api.create("/api/v1/subjects", [{"key": "bolt", "displayName": "Bolt"}])
    api.create("/api/v1/meters", {"slug": "hidden", "eventType": "x", "aggregation": "MAX", "valueProperty": "$['meterlark']['cost']"})

    shown = api.get(PORTAL, bearer=api.create(TOKENS, {"subject": "acme"})["token"])

    slugs = [meter["slug"] for meter in shown["meters"]]
    assert slugs == sorted({meter["slug"] for meter in api.get("/api/v1/meters")} - {"llm_cost", "openai_cost", "hidden"})
    assert "displayName" not in shown


def test_cost_is_shown_by_being_listed(api: Api) -> None:
    """And refused otherwise."""
    listed, other = (api.create(TOKENS, {"subject": "acme", **more})["token"] for more in ({"allowedMeterSlugs": ["llm_cost"]}, {}))
    answers = [api.ask("GET", QUERY.replace("openai_requests", "llm_cost"), bearer=token) for token in (listed, other)]
    assert [answer.status for answer in answers] == [200, 401]
    assert answers[1].detail == "meter slug not allowed"


def test_a_deleted_meter_is_shown_no_more(api: Api) -> None:
    """Though the token lists it."""
    made = api.create(TOKENS, {"subject": "acme", "allowedMeterSlugs": ["openai_total_tokens", "llm_requests"]})
    assert api.ask("DELETE", "/api/v1/meters/llm_requests").status == 204
    assert [meter["slug"] for meter in api.get(PORTAL, bearer=made["token"])["meters"]] == ["openai_total_tokens"]
