from collections.abc import Iterator

import pytest
from api import Answered, Api, running_api

ATTRIBUTES = {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "test", "ce-type": "openai", "ce-subject": "acme"}


@pytest.fixture
def api() -> Iterator[Api]:
    """A server of its own for each test."""
    with running_api() as running:
        yield running


def _send(
    api: Api, body: object = None, *, path: str = "/api/v1/events", content_type: str = "application/json", **headers: str
) -> Answered:
    named = {f"ce-{name}": value for name, value in headers.items()}
    return api.ask("POST", path, body, headers={**ATTRIBUTES, **named}, content_type=content_type)


@pytest.mark.parametrize(("path", "status"), [("/api/v1/events", 204), ("/api/v3/openmeter/events", 202)])
def test_the_attributes_are_headers_and_the_data_is_the_body(api: Api, path: str, status: int) -> None:
    """Measured like any event; extensions are kept."""
    answer = _send(api, {"total_tokens": 5}, path=path, time="2026-11-01T10:00:00Z", tenant="x")

    assert answer.status == status
    [listed] = api.get("/api/v1/events")
    assert listed["event"] == {
        **{name.removeprefix("ce-"): value for name, value in ATTRIBUTES.items()},
        "time": "2026-11-01T10:00:00Z",
        "tenant": "x",
        "datacontenttype": "application/json",
        "data": {"total_tokens": 5},
    }
    assert api.get("/api/v1/meters/openai_total_tokens/query")["data"][0]["value"] == 5


def test_the_same_event_in_both_modes_is_a_duplicate(api: Api) -> None:
    """Its content is compared as JSON, whatever the mode."""
    assert _send(api, {"n": 1}).status == 204
    structured = {name.removeprefix("ce-"): value for name, value in ATTRIBUTES.items()}
    answer = api.ask(
        "POST",
        "/api/v1/events",
        {**structured, "datacontenttype": "application/json", "data": {"n": 1}},
        content_type="application/cloudevents+json",
        headers={"prefer": "return=representation"},
    )
    assert answer.json()["duplicate"] == 1


def test_an_event_without_data(api: Api) -> None:
    """An empty body is no data."""
    assert _send(api).status == 204
    assert "data" not in api.get("/api/v1/events")[0]["event"]


@pytest.mark.parametrize(
    ("sent", "subject"), [("Euro%20%E2%82%AC", "Euro €"), ('"two words"', "two words"), (r'"a \"b\" c"', 'a "b" c'), ("100%25", "100%")]
)
def test_header_values_are_decoded(api: Api, sent: str, subject: str) -> None:
    """Percent-encoding and quotes, as the binding has them."""
    assert _send(api, subject=sent).status == 204
    assert api.get("/api/v1/events")[0]["event"]["subject"] == subject


WRONG: dict[str, tuple[dict[str, str], int, str]] = {
    "version": ({"specversion": "0.3"}, 400, "specversion"),
    "empty id": ({"id": ""}, 400, "id is empty"),
    "time": ({"time": "now"}, 400, "is not a time"),
    "escape": ({"subject": "%ff"}, 400, "percent-encoded"),
    "data as attribute": ({"data": "x"}, 400, "ce-data"),
    "name": ({"my_name": "x"}, 400, "ce-my_name"),
    "array": ({"body": "[1]"}, 400, "data must be an object"),
    "no JSON": ({"body": "{"}, 400, "JSON"),
    "key given twice": ({"body": '{"a":1,"a":2}'}, 400, "given twice"),
    "text": ({"body": "x", "content_type": "text/plain"}, 415, "text/plain"),
}


@pytest.mark.parametrize("name", list(WRONG))
def test_a_wrong_event_is_refused(api: Api, name: str) -> None:
    """The problem says what is wrong, and nothing is stored."""
    sent, status, says = WRONG[name]
    headers = {key: value for key, value in sent.items() if key not in {"body", "content_type"}}
    body = sent["body"].encode() if "body" in sent else None

    answer = _send(api, body, content_type=sent.get("content_type", "application/json"), **headers)

    assert answer.status == status
    assert says in answer.detail
    assert api.get("/api/v1/events") == []
