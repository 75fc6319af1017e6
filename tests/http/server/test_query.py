"""`…/query`, GET and POST, as JSON and as CSV: the number is right to the last digit and the rows have one order."""

import csv
import io
import itertools
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from running_server import JSON_TYPE, METERS, Answer, RunningServer, assert_problem, event

Name = Callable[[], str]
Row = tuple[Any, ...]

WHOLE = {"from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"}
"""Without bounds, rows without windows are of the minutes of their events, and ordered by them."""

USAGE = [
    # id, subject, time, n, model, tier
    ("1", "acme", "2026-03-01T00:00:00Z", 1, "gpt-4o", "a"),
    ("2", "acme", "2026-03-01T00:00:59.999999Z", 2, "gpt-4o-mini", "b"),
    ("3", "globex", "2026-03-01T00:01:00Z", 4, "gpt-4o", None),
    ("4", "acme", "2026-03-01T23:59:59Z", 8, "o3", "a"),
    ("5", "globex", "2026-03-02T00:00:00Z", 16, "gpt-4o", "a"),
    ("6", "initech", "2026-04-01T00:00:00Z", 32, "gpt-4o", "b"),
]


@pytest.fixture(scope="module")
def slug(server: RunningServer) -> str:
    """Give a SUM meter over the events above."""
    server.create_meter("usage", "usage", "SUM", valueProperty="$.n", groupBy={"model": "$.model", "tier": "$.tier"})
    server.ingest(
        [
            event(number, "usage", subject=subject, time=time, data={"n": n, "model": model, "tier": tier})
            for number, subject, time, n, model, tier in USAGE
        ]
    )
    return "usage"


def ask(server: RunningServer, slug: str, parameters: dict[str, Any]) -> list[Row]:
    """Ask by GET and by POST, which must agree, and return window start, subject, groups and value of each row."""
    got = server.get(f"{METERS}/{slug}/query", _get(parameters))
    posted = server.send_json("POST", f"{METERS}/{slug}/query", parameters)
    assert got.status == posted.status == 200, (got, posted)
    assert got.body == posted.body
    return [(row["windowStart"], row["subject"], row["groupBy"], row["value"]) for row in got.json()["data"]]


def _get(parameters: dict[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for key, value in parameters.items():
        if key == "filterGroupBy":
            given |= {f"filterGroupBy[{one}]": texts for one, texts in value.items()}
        else:
            given[key] = json.dumps(value) if isinstance(value, dict) else value
    return given


def refused(server: RunningServer, slug: str, parameters: dict[str, Any]) -> Answer:
    """Ask by GET and by POST, which must be refused alike, and return the answer to GET."""
    posted = server.send_json("POST", f"{METERS}/{slug}/query", parameters)
    got = server.get(f"{METERS}/{slug}/query", _get(parameters))
    assert posted.status == got.status
    return got


@pytest.mark.parametrize(
    ("parameters", "values"),
    [
        ({}, [63]),
        ({"from": "2026-03-01T00:00:00Z"}, [63]),
        ({"from": "2026-03-01T00:00:00.000001Z"}, [62]),
        ({"to": "2026-03-02T00:00:00Z"}, [15]),
        ({"to": "2026-03-02T00:00:00.000001Z"}, [31]),
        ({"from": "2026-03-01T01:01:00+01:00", "to": "2026-03-02T00:00:00Z"}, [12]),
        ({"to": "2026-03-01T00:00:00Z"}, []),
        ({"from": "2027-01-01T00:00:00Z"}, []),
        ({"windowSize": "MINUTE"}, [3, 4, 8, 16, 32]),
        ({"windowSize": "HOUR"}, [7, 8, 16, 32]),
        ({"windowSize": "DAY"}, [15, 16, 32]),
        ({"windowSize": "MONTH"}, [31, 32]),
        ({"windowSize": "DAY", "windowTimeZone": "America/New_York"}, [7, 24, 32]),
        ({"windowSize": "MONTH", "windowTimeZone": "America/New_York"}, [7, 56]),
        ({"windowSize": "MONTH", "windowTimeZone": "Pacific/Kiritimati"}, [31, 32]),
        ({"subject": ["acme"]}, [11]),
        ({"subject": ["acme", "acme"]}, [11]),
        ({"subject": ["nobody"]}, []),
        ({"subject": ["globex", "acme"]}, [11, 20]),
        ({"groupBy": ["subject"]}, [11, 20, 32]),
        ({"groupBy": ["model"], **WHOLE}, [53, 2, 8]),
        ({"groupBy": ["tier"], **WHOLE}, [4, 25, 34]),
        ({"groupBy": ["model", "tier"], **WHOLE}, [4, 17, 32, 2, 8]),
        ({"groupBy": ["tier", "model", "tier"], **WHOLE}, [4, 17, 8, 32, 2]),
        ({"clientId": "dashboard"}, [63]),
        ({"filterGroupBy": {"model": ["gpt-4o"]}}, [53]),
        ({"filterGroupBy": {"model": ["gpt-4o", "o3"]}}, [61]),
        ({"filterGroupBy": {"model": ["gpt-4o"], "tier": ["a"]}}, [17]),
        ({"filterGroupBy": {"tier": [""]}}, [4]),
        ({"filterGroupBy": {}}, [63]),
        ({"filterGroupBy": {"model": ["%"]}}, []),
        ({"advancedMeterGroupByFilters": {"model": {"$eq": "gpt-4o"}}}, [53]),
        ({"advancedMeterGroupByFilters": {"model": {"$ne": "gpt-4o"}}}, [10]),
        ({"advancedMeterGroupByFilters": {"model": {"$in": ["o3", "gpt-4o-mini"]}}}, [10]),
        ({"advancedMeterGroupByFilters": {"model": {"$nin": ["o3", "gpt-4o-mini"]}}}, [53]),
        ({"advancedMeterGroupByFilters": {"model": {"$like": "gpt-4o%"}}}, [55]),
        ({"advancedMeterGroupByFilters": {"model": {"$like": "gpt-4_"}}}, [53]),
        ({"advancedMeterGroupByFilters": {"model": {"$nlike": "gpt%"}}}, [8]),
        ({"advancedMeterGroupByFilters": {"model": {"$like": "GPT%"}}}, []),
        ({"advancedMeterGroupByFilters": {"model": {"$ilike": "GPT%"}}}, [55]),
        ({"advancedMeterGroupByFilters": {"model": {"$nilike": "GPT%"}}}, [8]),
        ({"advancedMeterGroupByFilters": {"model": {"$gt": "gpt-4o"}}}, [10]),
        ({"advancedMeterGroupByFilters": {"model": {"$gte": "gpt-4o-mini"}}}, [10]),
        ({"advancedMeterGroupByFilters": {"model": {"$lt": "gpt-4o-mini"}}}, [53]),
        ({"advancedMeterGroupByFilters": {"model": {"$lte": "gpt-4o-mini"}}}, [55]),
        ({"advancedMeterGroupByFilters": {"model": {"$and": [{"$gte": "gpt-4o"}, {"$lt": "o"}]}}}, [55]),
        ({"advancedMeterGroupByFilters": {"model": {"$or": [{"$eq": "o3"}, {"$like": "%mini"}]}, "tier": {"$eq": "b"}}}, [2]),
        ({"filterCustomerId": [], "groupBy": [], "subject": []}, [63]),
    ],
    ids=lambda value: json.dumps(value)[:70],
)
def test_parameters_select_and_split(server: RunningServer, slug: str, parameters: dict[str, Any], values: list[int]) -> None:
    """By GET and by POST alike; rows come by window, subject and groups."""
    assert [row[3] for row in ask(server, slug, parameters)] == values


def test_rows_say_what_they_are_of(server: RunningServer, slug: str) -> None:
    """Window bounds, subject and groups; what was asked is echoed, and only that."""
    parameters = {"from": "2026-03-01T00:00:00Z", "to": "2026-03-03T00:00:00Z", "windowSize": "DAY", "groupBy": ["subject", "model"]}

    answer = server.get(f"{METERS}/{slug}/query", parameters)

    content = answer.json()
    assert {key: value for key, value in content.items() if key != "data"} == {
        "from": "2026-03-01T00:00:00Z",
        "to": "2026-03-03T00:00:00Z",
        "windowSize": "DAY",
    }
    first = {"windowStart": "2026-03-01T00:00:00Z", "windowEnd": "2026-03-02T00:00:00Z"}
    second = {"windowStart": "2026-03-02T00:00:00Z", "windowEnd": "2026-03-03T00:00:00Z"}
    assert content["data"] == [
        {"value": 1, **first, "subject": "acme", "groupBy": {"model": "gpt-4o"}},
        {"value": 2, **first, "subject": "acme", "groupBy": {"model": "gpt-4o-mini"}},
        {"value": 8, **first, "subject": "acme", "groupBy": {"model": "o3"}},
        {"value": 4, **first, "subject": "globex", "groupBy": {"model": "gpt-4o"}},
        {"value": 16, **second, "subject": "globex", "groupBy": {"model": "gpt-4o"}},
    ]


def test_a_row_without_windows_spans_what_was_asked_or_the_minutes_of_its_events(server: RunningServer, slug: str) -> None:
    """A missing bound is the minute of the first or last event of the group."""
    [whole] = server.usage(slug)
    assert (whole["windowStart"], whole["windowEnd"]) == ("2026-03-01T00:00:00Z", "2026-04-01T00:01:00Z")
    assert (whole["subject"], whole["groupBy"]) == (None, {})

    [asked] = server.usage(slug, {"from": "2026-02-01T00:00:00Z", "to": "2026-05-01T00:00:00Z"})
    assert (asked["windowStart"], asked["windowEnd"]) == ("2026-02-01T00:00:00Z", "2026-05-01T00:00:00Z")

    acme, globex, _ = server.usage(slug, {"groupBy": "subject"})
    assert (acme["windowStart"], acme["windowEnd"]) == ("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z")
    assert (globex["windowStart"], globex["windowEnd"]) == ("2026-03-01T00:01:00Z", "2026-03-02T00:01:00Z")


@pytest.mark.parametrize("aggregation", ["COUNT", "UNIQUE_COUNT", "SUM", "AVG", "MIN", "MAX", "LATEST"])
def test_nothing_is_zero_only_where_it_is_a_count(server: RunningServer, name: Name, aggregation: str) -> None:
    """A count over nothing is one row of 0; any other aggregation has no value, so there is no row."""
    slug = name()
    server.create_meter(slug, slug, aggregation, **({} if aggregation == "COUNT" else {"valueProperty": "$.n"}))

    rows = server.usage(slug)

    if "COUNT" in aggregation:
        assert [(row["value"], row["windowStart"], row["windowEnd"]) for row in rows] == [
            (0, "1970-01-01T00:00:00Z", "1970-01-01T00:01:00Z")
        ]
    else:
        assert rows == []
    assert server.usage(slug, {"windowSize": "DAY"}) == []
    assert server.usage(slug, {"groupBy": "subject"}) == []


NUMBERS = ("999999999999999999", '"7.000000000000000001"', "-0.0", "5e-1", "0.5000")


@pytest.mark.parametrize(
    ("aggregation", "digits"),
    [
        ("SUM", "1000000000000000007.000000000000000001"),
        ("COUNT", "6"),
        ("AVG", "200000000000000001.4"),
        ("MIN", "0"),
        ("MAX", "999999999999999999"),
        ("UNIQUE_COUNT", "4"),
        ("LATEST", "0.5"),
    ],
)
def test_every_aggregation_is_exact(server: RunningServer, name: Name, aggregation: str, digits: str) -> None:
    """Strings that are numbers count, a missing value does not, and no digit is lost, in JSON and in CSV."""
    slug = name()
    server.create_meter(slug, slug, aggregation, **({} if aggregation == "COUNT" else {"valueProperty": "$.n"}))
    head = f'"specversion":"1.0","source":"{slug}","type":"{slug}","subject":"a"'
    events = [f'{{{head},"id":"{day}","time":"2026-01-0{day}T00:00:00Z","data":{{"n":{n}}}}}' for day, n in enumerate(NUMBERS, 1)]
    events.append(f'{{{head},"id":"9","time":"2026-01-09T00:00:00Z","data":{{}}}}')
    assert server.ingest(f"[{','.join(events)}]".encode()).status == 204

    answer = server.get(f"{METERS}/{slug}/query")
    table = server.get(f"{METERS}/{slug}/query", headers={"accept": "text/csv"})

    assert json.loads(answer.body, parse_float=str, parse_int=str)["data"][0]["value"] == digits
    assert table.body.decode().splitlines()[1].split(",")[-1] == digits


def test_big_sums_do_not_wrap(server: RunningServer, name: Name) -> None:
    """Many of the largest values, with their fractions."""
    slug = name()
    server.create_meter(slug, slug, "SUM", valueProperty="$.n")
    number = "999999999999999999.999999999999999999"
    server.ingest([event(str(count), slug, data={"n": number}) for count in range(1000)])

    assert str(server.total(slug)) == "999999999999999999999.999999999999999"


def test_latest_is_by_time_and_then_by_order_of_arrival(server: RunningServer, name: Name) -> None:
    """Never by chance."""
    slug = name()
    server.create_meter(slug, slug, "LATEST", valueProperty="$.n")
    for number, second in enumerate((5, 9, 9, 3)):
        server.ingest(event(str(number), slug, time=f"2026-01-01T00:00:0{second}Z", data={"n": number}))

    assert server.total(slug) == 2


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [("2026-03-29", "Europe/Berlin", 23), ("2026-10-25", "Europe/Berlin", 25), ("2026-03-08", "America/Los_Angeles", 23)],
)
def test_a_day_on_which_clocks_change_is_one_window(server: RunningServer, name: Name, day: str, zone: str, hours: int) -> None:
    """Of 23 or 25 hours, each of which is a window of its own; sums over hours and over days are the same."""
    slug = name()
    server.create_meter(slug, slug)
    server.ingest(
        [
            event(f"{date}T{hour:02}", slug, time=f"{date}T{hour:02}:30:00Z")
            for date in (f"{day[:-2]}{int(day[-2:]) + shift:02}" for shift in (-1, 0, 1))
            for hour in range(24)
        ]
    )

    days = server.usage(slug, {"windowSize": "DAY", "windowTimeZone": zone})
    by_hour = server.usage(slug, {"windowSize": "HOUR", "windowTimeZone": zone})

    [row] = [
        one
        for one in days
        if (datetime.fromisoformat(one["windowEnd"]) - datetime.fromisoformat(one["windowStart"])).total_seconds() != 86400
    ]
    assert row["value"] == hours
    inside = [one for one in by_hour if row["windowStart"] <= one["windowStart"] < row["windowEnd"]]
    assert len(inside) == hours
    assert sum(one["value"] for one in days) == sum(one["value"] for one in by_hour) == 72
    for one, following in itertools.pairwise(days):
        assert one["windowEnd"] == following["windowStart"]


def test_csv_has_the_columns_that_were_asked_for(server: RunningServer, slug: str) -> None:
    """Window bounds, the subject if split by it, groups, value; named after the meter."""
    answer = server.get(f"{METERS}/{slug}/query", {"windowSize": "MONTH", "groupBy": ["tier", "subject"]}, {"accept": "text/csv"})

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="{slug}.csv"'
    assert answer.body.startswith(b"window_start,window_end,subject,tier,value\r\n")
    rows = list(csv.reader(io.StringIO(answer.body.decode(), newline="")))
    assert rows[1:] == [
        ["2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z", "acme", "a", "9"],
        ["2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z", "acme", "b", "2"],
        ["2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z", "globex", "", "4"],
        ["2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z", "globex", "a", "16"],
        ["2026-04-01T00:00:00Z", "2026-05-01T00:00:00Z", "initech", "b", "32"],
    ]


@pytest.mark.parametrize("accept", ["text/csv", "TEXT/CSV", "text/csv;q=0.9, application/json", "application/json, text/csv"])
def test_csv_is_given_to_who_names_it(server: RunningServer, slug: str, accept: str) -> None:
    """By GET and by POST."""
    path = f"{METERS}/{slug}/query"
    posted = server.request("POST", path, b"{}", {"content-type": JSON_TYPE, "accept": accept})

    assert server.get(path, headers={"accept": accept}).body == posted.body
    assert posted.headers["content-type"].startswith("text/csv")


@pytest.mark.parametrize("accept", ["*/*", "text/*", "application/json", ""])
def test_json_is_given_to_all_others(server: RunningServer, slug: str, accept: str) -> None:
    """Also to a browser or curl, which take anything."""
    assert server.get(f"{METERS}/{slug}/query", headers={"accept": accept}).headers["content-type"] == JSON_TYPE


def test_csv_cells_are_no_formulas(server: RunningServer, name: Name) -> None:
    """What a spreadsheet would run gets an apostrophe; commas, quotes and line breaks come back whole."""
    slug = name()
    server.create_meter(slug, slug, groupBy={"k": "$.k"})
    texts = ["=1+1", "+1", "-1", "@x", "\tx", "a,b", 'say "x"', "two\r\nlines", "ä"]
    server.ingest([event(str(number), slug, data={"k": text}) for number, text in enumerate(texts)])

    answer = server.get(f"{METERS}/{slug}/query", {"groupBy": "k"}, {"accept": "text/csv"})

    cells = {row[2] for row in list(csv.reader(io.StringIO(answer.body.decode(), newline="")))[1:]}
    assert cells == {"'=1+1", "'+1", "'-1", "'@x", "'\tx", "a,b", 'say "x"', "two\r\nlines", "ä"}


def test_the_same_question_gives_the_same_bytes(server: RunningServer, name: Name) -> None:
    """Whatever order events came in: rows are ordered by code point of subject and groups."""
    slug = name()
    server.create_meter(slug, slug, groupBy={"k": "$.k"})
    texts = ["b", "a", "ä", "B", "", "a b", "😀", "\ufffd", "10", "9"]
    server.ingest([event(f"{subject}{text}", slug, subject=subject, data={"k": text}) for text in texts for subject in ("z", "y", "Z")])
    question = {"groupBy": ["k", "subject"]}

    first = server.get(f"{METERS}/{slug}/query", question)

    keys = [(row["subject"], row["groupBy"]["k"]) for row in first.json()["data"]]
    assert keys == sorted(keys)
    assert len(keys) == 30
    assert all(server.get(f"{METERS}/{slug}/query", question).body == first.body for _ in range(10))


def test_a_query_sees_what_was_just_acknowledged(server: RunningServer, name: Name) -> None:
    """Every time, also right after an answer."""
    slug = name()
    server.create_meter(slug, slug, "SUM", valueProperty="$.n")

    for number in range(1, 51):
        server.ingest(event(str(number), slug, data={"n": number}))
        assert server.total(slug) == number * (number + 1) // 2


@pytest.mark.parametrize(
    ("parameters", "parts", "field"),
    [
        ({"from": "2026-03-02T00:00:00Z", "to": "2026-03-01T00:00:00Z"}, ("2026-03-02", "2026-03-01", "before"), "from"),
        ({"from": "2026-03-01T00:00:00Z", "to": "2026-03-01T00:00:00Z"}, ("2026-03-01", "before"), "from"),
        ({"from": "today"}, ("today", "RFC 3339"), "from"),
        ({"to": "2026-03-01T00:00:00"}, ("2026-03-01T00:00:00", "time zone"), "to"),
        ({"windowSize": "WEEK"}, ("WEEK", "MINUTE, HOUR, DAY, MONTH"), "windowSize"),
        ({"windowSize": "day"}, ("'day'", "DAY"), "windowSize"),
        ({"windowTimeZone": "Mars/Olympus"}, ("Mars/Olympus", "IANA"), "windowTimeZone"),
        ({"windowTimeZone": ""}, ("''", "IANA"), "windowTimeZone"),
        ({"windowTimeZone": "../../etc/passwd"}, ("../../etc/passwd", "IANA"), "windowTimeZone"),
        ({"windowTimeZone": "localtime"}, ("localtime", "IANA"), "windowTimeZone"),
        ({"windowTimeZone": "Europe/Berlin\u0000"}, ("IANA",), "windowTimeZone"),
        ({"groupBy": ["colour"]}, ("invalid group by: colour", "subject, model, tier"), "groupBy"),
        ({"groupBy": ["customer_id"]}, ("invalid group by: customer_id",), "groupBy"),
        ({"groupBy": ["model"] * 101}, ("groupBy", "100"), "groupBy"),
        ({"subject": [str(number) for number in range(101)]}, ("subject", "100"), "subject"),
        ({"filterCustomerId": [str(number) for number in range(101)]}, ("filterCustomerId", "100"), "filterCustomerId"),
        ({"filterGroupBy": {"colour": ["red"]}}, ("invalid group by filter: colour", "model"), "filterGroupBy"),
        ({"advancedMeterGroupByFilters": {"colour": {"$eq": "x"}}}, ("colour", "model"), "filterGroupBy"),
        ({"advancedMeterGroupByFilters": {"model": {"$regex": "x"}}}, ("$regex", "$like"), "advancedMeterGroupByFilters.model"),
        ({"advancedMeterGroupByFilters": {"model": {}}}, ("one",), "advancedMeterGroupByFilters.model"),
        ({"advancedMeterGroupByFilters": {"model": {"$eq": "a", "$ne": "b"}}}, ("one",), "advancedMeterGroupByFilters.model"),
        ({"advancedMeterGroupByFilters": {"model": "x"}}, ("object",), "advancedMeterGroupByFilters.model"),
        ({"advancedMeterGroupByFilters": {"model": {"$eq": ""}}}, ("at least one character",), "advancedMeterGroupByFilters.model"),
        ({"advancedMeterGroupByFilters": {"model": {"$in": []}}}, ("at least one",), "advancedMeterGroupByFilters.model"),
        ({"advancedMeterGroupByFilters": {"model": {"$in": ["x"] * 101}}}, ("101", "100"), "advancedMeterGroupByFilters.model"),
        (
            {"advancedMeterGroupByFilters": {"model": {"$eq": "x"}}, "filterGroupBy": {"model": ["x"]}},
            ("together",),
            "filterGroupBy",
        ),
        ({"clientId": ""}, ("clientId",), "clientId"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_wrong_questions_are_refused(
    server: RunningServer, slug: str, parameters: dict[str, Any], parts: tuple[str, ...], field: str
) -> None:
    """By GET and by POST: the field, what was given and what is allowed."""
    assert_problem(refused(server, slug, parameters), 400, *parts, field=field)


@pytest.mark.parametrize("text", ["", "{", "[]", "5", "null", '{"model":{"$eq":"a"},"model":{"$eq":"b"}}', "[" * 1000])
def test_an_advanced_filter_that_is_not_a_json_object_is_refused(server: RunningServer, slug: str, text: str) -> None:
    """The parameter is named."""
    answer = server.get(f"{METERS}/{slug}/query", {"advancedMeterGroupByFilters": text})

    assert answer.status == 400, answer
    assert "advancedMeterGroupByFilters" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("query", "parts"),
    [
        ("windowsize=DAY", ("'windowsize'", "windowSize")),
        ("filterGroupBy=x", ("'filterGroupBy'", "filterGroupBy[key]")),
        ("filterGroupBy[model=x", ("filterGroupBy[model", "filterGroupBy[key]")),
        ("windowSize=DAY&windowSize=HOUR", ("windowSize", "more than once")),
        ("&".join(["subject=a"] * 1001), ("1000 parameters",)),
        ("subject=%ff", ("UTF-8",)),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_misspelt_parameter_is_never_ignored(server: RunningServer, slug: str, query: str, parts: tuple[str, ...]) -> None:
    """A filter that does nothing gives a wrong number."""
    assert_problem(server.get(f"{METERS}/{slug}/query?{query}"), 400, *parts)


def test_a_misspelt_member_is_never_ignored(server: RunningServer, slug: str) -> None:
    """In the body of POST, too."""
    assert_problem(server.send_json("POST", f"{METERS}/{slug}/query", {"windowsize": "DAY"}), 400, "windowsize")


@pytest.mark.parametrize("query", ["from=2026-03-01T00:00:00Z", "x=1"])
def test_a_post_takes_its_question_from_the_body_alone(server: RunningServer, slug: str, query: str) -> None:
    """Parameters would be ignored, so they are refused."""
    answer = server.send_json("POST", f"{METERS}/{slug}/query?{query}", {})

    assert_problem(answer, 400, query.partition("=")[0])


def test_unknown_meters_and_customers_are_not_found(server: RunningServer, slug: str) -> None:
    """404, by GET and by POST."""
    assert_problem(refused(server, "nothing", {}), 404, "meter not found: nothing")
    assert_problem(refused(server, slug, {"filterCustomerId": ["01HX"]}), 404, "customer not found: 01HX")
