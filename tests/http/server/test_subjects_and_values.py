"""`…/subjects` and `…/group-by/{key}/values`: who and what there is to ask for."""

from collections.abc import Callable

import pytest
from running_server import METERS, RunningServer, assert_problem, event

Name = Callable[[], str]


@pytest.fixture(scope="module")
def slug(server: RunningServer) -> str:
    """Give a meter over events of three days."""
    server.create_meter("helpers", "helpers", groupBy={"model": "$.model", "deep": "$.a.b[0]"})
    events = [
        ("1", "zoe", 1, {"model": "o3", "a": {"b": [1]}}),
        ("2", "adam", 2, {"model": "gpt-4o", "a": {"b": [True, 2]}}),
        ("3", "adam", 3, {"model": "gpt-4o", "a": {"b": []}}),
        ("4", "Älva", 3, {"model": None}),
        ("5", "adam", 3, {"model": ["x"]}),
    ]
    server.ingest([event(number, "helpers", subject=s, time=f"2026-03-0{day}T00:00:00Z", data=data) for number, s, day, data in events])
    server.ingest(event("other", "other-type", subject="stranger", data={"model": "strange"}))
    return "helpers"


@pytest.mark.parametrize(
    ("path", "parameters", "texts"),
    [
        ("subjects", {}, ["adam", "zoe", "Älva"]),
        ("subjects", {"from": "2026-03-02T00:00:00Z"}, ["adam", "Älva"]),
        ("subjects", {"to": "2026-03-02T00:00:00Z"}, ["zoe"]),
        ("subjects", {"from": "2026-03-02T00:00:00Z", "to": "2026-03-03T00:00:00Z"}, ["adam"]),
        ("subjects", {"from": "2030-01-01T00:00:00Z"}, []),
        ("group-by/model/values", {}, ["gpt-4o", "o3"]),
        ("group-by/model/values", {"to": "2026-03-02T00:00:00Z"}, ["o3"]),
        ("group-by/deep/values", {}, ["1", "true"]),
        ("group-by/deep/values", {"from": "2026-03-03T00:00:00Z"}, []),
    ],
)
def test_texts_are_sorted_and_distinct(server: RunningServer, slug: str, path: str, parameters: dict[str, str], texts: list[str]) -> None:
    """Of the meter's event type, in `[from, to)`, by slug and by id; what an event does not have is no text."""
    by_slug = server.get(f"{METERS}/{slug}/{path}", parameters)
    meter_id = server.get(f"{METERS}/{slug}").json()["id"]

    assert (by_slug.status, by_slug.json()) == (200, texts)
    assert server.get(f"{METERS}/{meter_id}/{path}", parameters).json() == texts


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("nothing/subjects", ("meter not found: nothing",)),
        ("nothing/group-by/model/values", ("meter not found: nothing",)),
        ("helpers/group-by/colour/values", ("group by key not found: colour", "deep, model")),
        ("helpers/group-by/subject/values", ("group by key not found: subject",)),
    ],
)
def test_unknown_meters_and_keys_are_not_found(server: RunningServer, slug: str, path: str, parts: tuple[str, ...]) -> None:
    """404 names what there is."""
    assert_problem(server.get(f"{METERS}/{path}"), 404, *parts)


@pytest.mark.parametrize("path", ["subjects", "group-by/model/values"])
@pytest.mark.parametrize(
    ("parameters", "parts", "field"),
    [
        ({"from": "2026-03-02T00:00:00Z", "to": "2026-03-01T00:00:00Z"}, ("2026-03-02", "2026-03-01", "before"), "from"),
        ({"from": "soon"}, ("soon", "RFC 3339"), "from"),
        ({"to": "soon"}, ("soon", "RFC 3339"), "to"),
        ({"search": "x"}, ("'search'", "from, to"), "search"),
    ],
    ids=str,
)
def test_wrong_parameters_are_named(
    server: RunningServer, path: str, parameters: dict[str, str], parts: tuple[str, ...], field: str
) -> None:
    """What was given and what is allowed."""
    assert_problem(server.get(f"{METERS}/llm_requests/{path}", parameters), 400, *parts, field=field)


def test_what_was_just_acknowledged_is_there(server: RunningServer, name: Name) -> None:
    """A subject and a text are found as soon as their event is answered."""
    slug = name()
    server.create_meter(slug, slug, groupBy={"k": "$.k"})
    for number in range(20):
        server.ingest(event(str(number), slug, subject=f"s{number:02}", data={"k": f"v{number:02}"}))
        assert server.get(f"{METERS}/{slug}/subjects").json()[-1] == f"s{number:02}"
        assert server.get(f"{METERS}/{slug}/group-by/k/values").json()[-1] == f"v{number:02}"
