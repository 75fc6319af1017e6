"""`/api/v1/meters`: created, listed, read, changed and deleted, with every rule of a definition."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from running_server import JSON_TYPE, METERS, Answer, RunningServer, assert_problem, event

Name = Callable[[], str]


def test_a_meter_is_created_and_read_by_slug_and_by_id(server: RunningServer, name: Name) -> None:
    """201 with everything that was said, an id and the times; both keys read the same."""
    slug = name()
    definition = {
        "slug": slug,
        "aggregation": "SUM",
        "eventType": "openai",
        "valueProperty": "$.usage['total']",
        "groupBy": {"model": "$.model", "_tier": '$["service tier"]'},
        "name": "Tokens",
        "description": "All of them",
        "metadata": {"team": "a"},
        "eventFrom": "2026-01-01T01:00:00+01:00",
    }

    answer = server.send_json("POST", METERS, definition)

    assert answer.status == 201
    meter = answer.json()
    assert {key: meter[key] for key in definition if key != "eventFrom"} == {k: v for k, v in definition.items() if k != "eventFrom"}
    assert meter["eventFrom"] == "2026-01-01T00:00:00Z"
    assert len(meter["id"]) == 26
    assert meter["createdAt"] == meter["updatedAt"]
    assert datetime.fromisoformat(meter["createdAt"]).tzinfo is not None
    assert "deletedAt" not in meter
    assert server.get(f"{METERS}/{slug}").json() == meter
    assert server.get(f"{METERS}/{meter['id']}").json() == meter


def test_what_is_empty_is_left_out(server: RunningServer, name: Name) -> None:
    """And the name falls back to the slug."""
    slug = name()
    meter = server.create_meter(slug, "x")

    assert set(meter) == {"id", "slug", "name", "aggregation", "eventType", "createdAt", "updatedAt"}
    assert meter["name"] == slug


@pytest.mark.parametrize("aggregation", ["SUM", "COUNT", "AVG", "MIN", "MAX", "UNIQUE_COUNT", "LATEST"])
def test_all_aggregations_are_meters(server: RunningServer, name: Name, aggregation: str) -> None:
    """COUNT without a value, the others with one; in capitals only."""
    value = {} if aggregation == "COUNT" else {"valueProperty": "$.n"}

    assert server.create_meter(name(), "x", aggregation, **value)["aggregation"] == aggregation
    wrong = {"slug": name(), "eventType": "x", "aggregation": aggregation.lower(), **value}
    assert_problem(server.send_json("POST", METERS, wrong), 400, aggregation.lower(), aggregation, field="aggregation")


@pytest.mark.parametrize(
    ("change", "parts", "field"),
    [
        ({"slug": ""}, ("slug is ''", "lower-case"), "slug"),
        ({"slug": "A"}, ("'A'",), "slug"),
        ({"slug": "a__b"}, ("'a__b'",), "slug"),
        ({"slug": "_a"}, ("'_a'",), "slug"),
        ({"slug": "a-b"}, ("'a-b'",), "slug"),
        ({"slug": "a\n"}, ("slug",), "slug"),
        ({"slug": "a" * 65}, ("64",), "slug"),
        ({"slug": 5}, ("slug", "int"), "slug"),
        ({"slug": None}, ("slug", "null"), "slug"),
        ({"eventType": ""}, ("eventType", "1 to 1024"), "eventType"),
        ({"eventType": "x" * 1025}, ("eventType", "1024"), "eventType"),
        ({"aggregation": "MEDIAN"}, ("MEDIAN", "SUM, COUNT"), "aggregation"),
        ({"aggregation": "COUNT"}, ("COUNT", "valueProperty"), "valueProperty"),
        ({"valueProperty": None}, ("valueProperty is required",), "valueProperty"),
        ({"valueProperty": "n"}, ("'n'", "$"), "valueProperty"),
        ({"valueProperty": "$..a"}, ("$..a",), "valueProperty"),
        ({"valueProperty": "$.a[*]"}, ("$.a[*]",), "valueProperty"),
        ({"valueProperty": "$.a-b"}, ("$.a-b",), "valueProperty"),
        ({"valueProperty": "$.a[-1]"}, ("$.a[-1]",), "valueProperty"),
        ({"valueProperty": "$." + "a" * 600}, ("512",), "valueProperty"),
        ({"groupBy": {"1a": "$.a"}}, ("'1a'",), "groupBy.1a"),
        ({"groupBy": {"a b": "$.a"}}, ("'a b'",), "groupBy.a b"),
        ({"groupBy": {"a": "a"}}, ("'a'", "$"), "groupBy.a"),
        ({"groupBy": {"a": "$.n"}}, ("$.n",), "groupBy.a"),
        ({"groupBy": {"subject": "$.a"}}, ("subject",), "groupBy.subject"),
        ({"groupBy": {"customer_id": "$.a"}}, ("customer_id",), "groupBy.customer_id"),
        ({"groupBy": {f"k{n}": f"$.k{n}" for n in range(33)}}, ("33", "32"), "groupBy"),
        ({"groupBy": {"a": 1}}, ("str", "int"), None),
        ({"name": "x" * 257}, ("257", "256"), "name"),
        ({"description": "x" * 1025}, ("1025", "1024"), "description"),
        ({"metadata": {"a": 1}}, ("str", "int"), None),
        ({"eventFrom": "now"}, ("now", "RFC 3339"), "eventFrom"),
        ({"colour": "red"}, ("colour",), None),
    ],
    ids=str,
)
def test_every_rule_of_a_definition_is_kept(
    server: RunningServer, name: Name, change: dict[str, Any], parts: tuple[str, ...], field: str | None
) -> None:
    """400 with the field, what was given and what is allowed; nothing is created."""
    slug = name()
    definition = {"slug": slug, "eventType": "x", "aggregation": "SUM", "valueProperty": "$.n", **change}

    assert_problem(server.send_json("POST", METERS, definition), 400, *parts, field=field)
    assert server.get(f"{METERS}/{slug}").status == 404


@pytest.mark.parametrize("missing", ["slug", "eventType", "aggregation"])
def test_missing_parts_are_named(server: RunningServer, name: Name, missing: str) -> None:
    """Each of the three that must be there."""
    definition = {"slug": name(), "eventType": "x", "aggregation": "COUNT"}
    del definition[missing]

    assert_problem(server.send_json("POST", METERS, definition), 400, missing)


@pytest.mark.parametrize(
    ("body", "part"),
    [
        (b"", "JSON"),
        (b"{", "JSON"),
        (b"[]", "object"),
        (b"null", "object"),
        (b'{"slug":"a","slug":"b","eventType":"x","aggregation":"COUNT"}', "slug"),
        (b"[" * 1000, "nested"),
        (b'{"slug":"\xff"}', "JSON"),
        (b'{"slug":"\\ud800"}', "JSON"),
    ],
)
def test_bodies_that_are_not_strict_json_are_refused(server: RunningServer, body: bytes, part: str) -> None:
    """Also a key given twice, of which one would be lost silently."""
    assert_problem(server.request("POST", METERS, body, {"content-type": JSON_TYPE}), 400, part)


def test_only_json_is_read(server: RunningServer) -> None:
    """Another content type is refused by name."""
    assert_problem(server.request("POST", METERS, b"{}", {"content-type": "text/json"}), 415, "text/json", JSON_TYPE, field="content-type")


def test_a_slug_is_taken_once(server: RunningServer, name: Name) -> None:
    """409, also by several at the same time; after a deletion it is free again."""
    slug = name()
    answers: list[Answer] = []
    definition = {"slug": slug, "eventType": slug, "aggregation": "COUNT"}
    threads = [threading.Thread(target=lambda: answers.append(server.send_json("POST", METERS, definition))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answer.status for answer in answers) == [201] + [409] * 7
    assert_problem(server.send_json("POST", METERS, definition), 409, f"meter with the same slug already exists: {slug}")
    server.ingest(event("1", slug))
    assert server.request("DELETE", f"{METERS}/{slug}").status == 204
    server.create_meter(slug, slug)
    assert server.total(slug) == 1


def test_meters_made_at_the_same_time_all_count(server: RunningServer, name: Name) -> None:
    """None is forgotten by what another one changes."""
    slugs = [name() for _ in range(12)]
    threads = [threading.Thread(target=server.create_meter, args=(slug, slug)) for slug in slugs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    server.ingest([event("1", slug) for slug in slugs])

    assert [server.total(slug) for slug in slugs] == [1] * 12


def test_a_new_meter_counts_what_came_before(server: RunningServer, name: Name) -> None:
    """Except what its `eventFrom` leaves out."""
    slug, late = name(), name()
    server.ingest([event(str(day), slug, time=f"2026-01-0{day}T00:00:00Z") for day in range(1, 5)])

    server.create_meter(slug, slug)
    server.create_meter(late, slug, eventFrom="2026-01-03T00:00:00Z")

    assert server.total(slug) == 4
    assert server.total(late) == 2


def test_a_change_replaces_what_may_change(server: RunningServer, name: Name) -> None:
    """What is missing is cleared; the rest stays, and so does the usage, by the new dimension, too."""
    slug = name()
    made = server.create_meter(slug, slug, "SUM", valueProperty="$.n", name="N", description="D", metadata={"a": "b"}, groupBy={"m": "$.m"})
    server.ingest([event("1", slug, data={"n": 1, "m": "x", "k": "y"}), event("2", slug, data={"n": 2})])

    answer = server.send_json("PUT", f"{METERS}/{made['id']}", {"groupBy": {"k": "$.k"}})

    assert answer.status == 200
    changed = answer.json()
    assert changed["updatedAt"] > made["updatedAt"]
    assert {key: changed[key] for key in ("id", "slug", "name", "aggregation", "valueProperty", "createdAt", "groupBy")} == {
        **{key: made[key] for key in ("id", "slug", "aggregation", "valueProperty", "createdAt")},
        "name": slug,
        "groupBy": {"k": "$.k"},
    }
    assert "description" not in changed
    assert "metadata" not in changed
    assert [(row["groupBy"], row["value"]) for row in server.usage(slug, {"groupBy": "k"})] == [({"k": ""}, 2), ({"k": "y"}, 1)]
    assert_problem(server.get(f"{METERS}/{slug}/query", {"groupBy": "m"}), 400, "invalid group by: m")


@pytest.mark.parametrize("change", [{"slug": "other"}, {"aggregation": "COUNT"}, {"eventType": "x"}, {"valueProperty": "$.x"}])
def test_what_is_measured_cannot_be_changed(server: RunningServer, name: Name, change: dict[str, str]) -> None:
    """It would change numbers that were given."""
    slug = name()
    server.create_meter(slug, slug)

    assert_problem(server.send_json("PUT", f"{METERS}/{slug}", change), 400, next(iter(change)))


def test_questions_are_answered_while_dimensions_change(server: RunningServer, name: Name) -> None:
    """Each answer is the whole total; a table that is replaced meanwhile is never an error."""
    slug = name()
    server.create_meter(slug, slug)
    server.ingest([event(str(number), slug, data={"k0": "x"}) for number in range(200)])
    totals: list[int] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            totals.append(server.total(slug))

    asking = threading.Thread(target=ask)
    asking.start()
    for number in range(15):
        assert server.send_json("PUT", f"{METERS}/{slug}", {"groupBy": {"k": f"$.k{number}"}}).status == 200
        server.ingest(event(f"more-{number}", slug))
    done.set()
    asking.join()

    assert totals == sorted(totals)
    assert set(totals) <= set(range(200, 216))
    assert server.total(slug) == 215


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_unknown_meters_are_not_found(server: RunningServer, method: str) -> None:
    """By slug and by id; the message names the meter and some that there are."""
    for key in ("nothing", "01ARZ3NDEKTSV4RRFFQ69G5FAV"):
        answer = server.send_json(method, f"{METERS}/{key}", {}) if method == "PUT" else server.request(method, f"{METERS}/{key}")
        assert_problem(answer, 404, f"meter not found: {key}", "llm_total_tokens")


def test_a_deleted_meter_is_gone(server: RunningServer, name: Name) -> None:
    """From every route; deleting again is 404."""
    slug = name()
    meter = server.create_meter(slug, slug)
    assert server.request("DELETE", f"{METERS}/{slug}").status == 204

    for path in (slug, meter["id"], f"{slug}/query", f"{slug}/subjects", f"{slug}/group-by/x/values"):
        assert server.get(f"{METERS}/{path}").status == 404
    assert server.request("DELETE", f"{METERS}/{slug}").status == 404
    assert slug not in [one["slug"] for one in server.get(METERS).json()]


def test_the_presets_are_there(server: RunningServer) -> None:
    """Without any configuration."""
    slugs = [meter["slug"] for meter in server.get(METERS).json()]

    assert {"llm_total_tokens", "llm_requests", "openai_total_tokens"} <= set(slugs)


def test_meters_are_listed_in_pages_in_any_order(server: RunningServer, name: Name) -> None:
    """An array; pages tile it; the default order is that of the slugs."""
    for aggregation in ("MIN", "MAX"):
        server.create_meter(name(), "x", aggregation, valueProperty="$.n", name=f"name {aggregation}")
    everything = server.get(METERS).json()

    def listed(**parameters: str) -> list[str]:
        return [meter["slug"] for meter in server.get(METERS, parameters).json()]

    slugs = [meter["slug"] for meter in everything]
    assert slugs == sorted(slugs)
    assert listed(order="DESC") == slugs[::-1]
    assert listed(pageSize="3", page="1") + listed(pageSize="3", page="2") == slugs[:6]
    assert listed(pageSize="3", page="9999") == []
    for key in ("key", "name", "aggregation", "createdAt", "updatedAt"):
        member = "slug" if key == "key" else key
        expected = sorted((meter[member], meter["slug"]) for meter in everything)
        assert listed(orderBy=key) == [meter_slug for _, meter_slug in expected], key


@pytest.mark.parametrize(
    ("parameters", "parts"),
    [
        ({"page": "0"}, ("page is '0'", ">= 1")),
        ({"page": "x"}, ("page is 'x'",)),
        ({"pageSize": "1001"}, ("pageSize is '1001'", "1000")),
        ({"orderBy": "colour"}, ("orderBy is 'colour'", "createdAt")),
        ({"order": "UP"}, ("order is 'UP'", "ASC, DESC")),
        ({"pagesize": "5"}, ("pagesize", "pageSize")),
    ],
    ids=str,
)
def test_wrong_parameters_of_the_list_are_named(server: RunningServer, parameters: dict[str, str], parts: tuple[str, ...]) -> None:
    """What was given and what is allowed."""
    [field] = parameters
    assert_problem(server.get(METERS, parameters), 400, *parts, field=field)
