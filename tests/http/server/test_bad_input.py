"""Bad input to the ingest route: each a 4xx problem that names field, gift and limit, in bounded time and memory, with nothing stored."""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from running_server import BATCH_TYPE, EVENT_TYPE, EVENTS, JSON_TYPE, Answer, RunningServer, assert_problem, event

Name = Callable[[], str]
MEBIBYTE = 1024 * 1024
SECONDS_MAX = 3.0
"""CPU time of the server; without the limits the worst of these take minutes."""

MEMORY_GROWTH_MAX = 64 * MEBIBYTE
"""A body of 4 MiB as sent, decompressed, and as Python objects, with room."""


@pytest.fixture(scope="module")
def meter(server: RunningServer) -> str:
    """Give the one meter that counts the events of these tests."""
    server.create_meter("bad", "bad")
    return "bad"


@pytest.fixture
def slug(server: RunningServer, meter: str, name: Name) -> Iterator[str]:
    """Give the meter; after the test it has counted the one event that is sent now, and nothing of what the test has sent."""
    before = server.total(meter)
    yield meter
    assert server.verdicts(event(f"after-{name()}", meter)) == ["new"]
    assert server.total(meter) == before + 1


def text(slug: str, **change: str | None) -> bytes:
    """Return an event's text in which members are replaced by raw JSON; None leaves one out."""
    members: dict[str, str | None] = {name: json.dumps(value) for name, value in event("bad", slug).items()}
    members |= {"data": "{}", **change}
    return ("{" + ",".join(f'"{name}":{value}' for name, value in members.items() if value is not None) + "}").encode()


ATTRIBUTES = ("id", "source", "specversion", "type", "subject")


@pytest.mark.parametrize("attribute", ATTRIBUTES)
@pytest.mark.parametrize(
    ("value", "part"),
    [
        (None, "is missing"),
        ('""', "empty"),
        ("null", "null"),
        ("5", "a number"),
        ("true", "a boolean"),
        ("[]", "an array"),
        ("{}", "an object"),
        ('"a\\u0000b"', "control character"),
        ('"a\\nb"', "control character"),
        (f'"{"x" * 1025}"', "1025"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_attributes_must_be_texts(server: RunningServer, slug: str, attribute: str, value: str | None, part: str) -> None:
    """Each of the five, alone and in a batch, where the position is named; the neighbour is not stored either."""
    bad = text(slug, **{attribute: value})
    if attribute == "specversion" and value not in (None, '""', "null", "5", "true", "[]", "{}"):
        part = "specversion"

    assert_problem(server.ingest(bad), 400, attribute, part, field=attribute)
    batch = b"[" + json.dumps(event("good", slug)).encode() + b"," + bad + b"]"
    assert_problem(server.ingest(batch), 400, "event 1 of the batch", attribute, part, field=f"[1].{attribute}")


@pytest.mark.parametrize(
    ("change", "field", "parts"),
    [
        ({"specversion": '"0.3"'}, "specversion", ("'0.3'", "'1.0'")),
        ({"data": "[]"}, "data", ("an array",)),
        ({"data": '"{}"'}, "data", ("a string",)),
        ({"data": "5"}, "data", ("a number",)),
        ({"data": "false"}, "data", ("a boolean",)),
        ({"time": '"yesterday"'}, "time", ("yesterday", "RFC 3339")),
        ({"time": '""'}, "time", ("''", "RFC 3339")),
        ({"time": '"2026-01-01"'}, "time", ("2026-01-01", "time zone")),
        ({"time": '"2026-01-01T00:00:00"'}, "time", ("time zone",)),
        ({"time": '"2026-02-30T00:00:00Z"'}, "time", ("2026-02-30",)),
        ({"time": '"2026-01-01T00:00:60Z"'}, "time", ("2026-01-01T00:00:60Z",)),
        ({"time": '"20260101T000000Z"'}, "time", ("20260101T000000Z",)),
        ({"time": "1767225600"}, "time", ("a number",)),
        ({"time": f'"{"9" * 5000}"'}, "time", ("RFC 3339",)),
        ({"datacontenttype": '"text/xml"'}, "datacontenttype", ("text/xml", "application/json")),
        ({"datacontenttype": "5"}, "datacontenttype", ("5",)),
        ({"dataschema": '""'}, "dataschema", ("URI",)),
        ({"dataschema": "5"}, "dataschema", ("URI",)),
        ({"data": '{"a":1,"a":2}'}, "a", ("'a' is given twice",)),
        ({"data": '{"x":[{"a":1,"b":{"a":1},"a":2}]}'}, "a", ("'a' is given twice",)),
        ({"data": '{"a":1,"\\u0061":2}'}, "a", ("'a' is given twice",)),
        ({"data": "{}", '","id":"other","x': "5"}, None, ("given twice",)),
    ],
    ids=lambda value: str(value)[:50],
)
def test_other_members_have_rules(
    server: RunningServer, slug: str, change: dict[str, str], field: str | None, parts: tuple[str, ...]
) -> None:
    """The field, what was given and what is allowed."""
    answer = server.ingest(text(slug, **change))

    if field is not None:
        assert_problem(answer, 400, *parts, field=field)
    else:
        assert answer.status == 400


NOT_JSON = {
    "nothing": b"",
    "blanks": b"   ",
    "a word": b"hello",
    "cut": b'{"id":',
    "two values": b"{}{}",
    "a trailing comma": b'{"id":"1",}',
    "single quotes": b"{'id':'1'}",
    "a comment": b'{"id":"1"/**/}',
    "NaN": b'{"data":{"n":NaN}}',
    "Infinity": b'{"data":{"n":-Infinity}}',
    "a leading zero": b'{"data":{"n":01}}',
    "a lone point": b'{"data":{"n":1.}}',
    "hexadecimal": b'{"data":{"n":0x10}}',
    "not UTF-8": b'{"id":"\xff"}',
    "UTF-16": '{"id":"1"}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a raw control character": b'{"id":"a\nb"}',
    "a lone surrogate": b'{"id":"\\ud800"}',
    "a reversed pair": b'{"id":"\\udc00\\ud800"}',
    "a raw surrogate": b'{"id":"\xed\xa0\x80"}',
    "an integer of 400,000 digits": b'{"data":{"n":' + b"9" * 400_000 + b"}}",
    "a fraction of 400,000 digits": b'{"data":{"n":0.' + b"9" * 400_000 + b"}}",
    "an exponent of 400,000 digits": b'{"data":{"n":1e' + b"9" * 400_000 + b"}}",
    "1,000 arrays": b'{"data":{"a":' + b"[" * 1000 + b"]" * 1000 + b"}}",
    "1,000 objects": b'{"a":' * 1000 + b"1" + b"}" * 1000,
    "33 levels": b'{"data":' + b'{"a":' * 32 + b"1" + b"}" * 33,
    "a million open arrays": b"[" * 1_000_000,
    "a million open objects": b'{"a":' * 800_000,
}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON.keys())
@pytest.mark.parametrize("content_type", [EVENT_TYPE, BATCH_TYPE, JSON_TYPE])
def test_what_is_not_strict_json_is_refused_at_once(server: RunningServer, slug: str, body: bytes, content_type: str) -> None:
    """Alone or as the one event of a batch; the answer is short, whatever was sent."""
    sent = b"[" + body + b"]" if content_type == BATCH_TYPE and body[:1] == b"{" else body
    began = server.cpu_seconds()

    answer = server.ingest(sent, content_type)

    assert server.cpu_seconds() - began < SECONDS_MAX
    assert_problem(answer, 400)
    assert len(answer.body) < 2_000


@pytest.mark.parametrize("number", ["1e400000", "-1e400000", "1e-400000", "1E+999", "123456789012345678901234567890", "0." + "1" * 1000])
def test_a_number_out_of_range_is_kept_but_never_counted(server: RunningServer, name: Name, number: str) -> None:
    """It is valid JSON, so it is stored verbatim, at once, and listed with the reason; its neighbours count."""
    slug = name()
    server.create_meter(slug, slug, "SUM", valueProperty="$.n")
    wide = text(slug, data=f'{{"n":{number}}}', id=f'"wide-{slug}"')
    began = server.cpu_seconds()

    assert server.ingest(b"[" + wide + b"," + text(slug, data='{"n":2}', id='"other"') + b"]").status == 204

    assert server.total(slug) == 2
    listed = server.get(EVENTS, {"id": f"wide-{slug}"})
    assert f'"n":{number}'.encode() in listed.body
    assert "value" in listed.json()[0]["validationError"]
    assert server.cpu_seconds() - began < SECONDS_MAX


@pytest.mark.parametrize(
    "poison",
    [
        {"subject": None},
        {"id": '"\\ud800"'},
        {"data": '{"n":' + "9" * 5000 + "}"},
        {"data": '{"a":' * 40 + "1" + "}" * 40},
        {"data": '{"a":1,"a":1}'},
        {"data": "[1]"},
        {"time": '"now"'},
        {"specversion": '"2.0"'},
    ],
    ids=str,
)
@pytest.mark.parametrize("position", [0, 7, 99])
@pytest.mark.parametrize("content_type", [BATCH_TYPE, JSON_TYPE])
def test_one_poisoned_event_refuses_the_batch_by_its_position(
    server: RunningServer, slug: str, poison: dict[str, str | None], position: int, content_type: str
) -> None:
    """None of its 99 neighbours is stored or lost silently."""
    events = [text(slug, id=f'"{number}"') for number in range(100)]
    events[position] = text(slug, **poison)

    problem = assert_problem(server.ingest(b"[" + b",".join(events) + b"]", content_type), 400, f"event {position} of the batch")

    assert problem["extensions"]["validationErrors"][0]["field"].startswith(f"[{position}]")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(lambda: b'{"a":"' + b"x" * (5 * MEBIBYTE) + b'"}', id="5 MiB"),
        pytest.param(lambda: b"x" * (20 * MEBIBYTE), id="20 MiB"),
        pytest.param(lambda: b"[" * (4 * MEBIBYTE + 1), id="one byte too many"),
    ],
)
def test_a_body_over_the_limit_is_refused_by_its_length(server: RunningServer, slug: str, body: Callable[[], bytes]) -> None:
    """Both numbers are named."""
    content = body()

    answer = send_all(server, b"content-length: %d\r\n" % len(content), [content])

    assert_problem(answer, 413, str(len(content)), str(4 * MEBIBYTE))
    assert answer.headers["connection"] == "close"


def test_200_megabytes_cost_no_memory(server: RunningServer, slug: str) -> None:
    """With their length declared they are refused before they are read; in chunks, as soon as they pass the limit."""
    before = server.memory("VmHWM")
    piece = b" " * MEBIBYTE

    declared = send_all(server, b"content-length: %d\r\n" % (200 * MEBIBYTE), [piece] * 200)
    chunked = send_all(server, b"transfer-encoding: chunked\r\n", [b"%x\r\n%b\r\n" % (len(piece), piece)] * 200)

    assert_problem(declared, 413, str(200 * MEBIBYTE), str(4 * MEBIBYTE))
    assert_problem(chunked, 413, str(4 * MEBIBYTE))
    assert server.memory("VmHWM") - before < MEMORY_GROWTH_MAX


def test_a_length_of_many_digits_is_refused(server: RunningServer, slug: str) -> None:
    """The number itself is bounded."""
    for digits in (b"9" * 18, b"9" * 4000):
        assert send_all(server, b"content-length: %b\r\n" % digits, []).status in (400, 413)


def send_all(server: RunningServer, header: bytes, pieces: list[bytes]) -> Answer:
    """Send a request piece by piece, read whatever comes even when the server stops reading, and return the answer."""
    head = b"POST %b HTTP/1.1\r\nhost: localhost\r\ncontent-type: %b\r\n%b\r\n" % (EVENTS.encode(), JSON_TYPE.encode(), header)
    with server.connect() as connection:
        connection.sendall(head)
        for piece in pieces:
            try:
                connection.sendall(piece)
            except OSError:
                break  # the server has answered and closed
        return parse(_read(connection))


def _read(connection: Any) -> bytes:
    parts: list[bytes] = []
    while b"\r\n\r\n" not in b"".join(parts) or not _is_whole(b"".join(parts)):
        try:
            part = connection.recv(65_536)
        except ConnectionResetError:
            break
        if not part:
            break
        parts.append(part)
    return b"".join(parts)


def _is_whole(reply: bytes) -> bool:
    head, _, body = reply.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")]
    return not lengths or len(body) >= int(lengths[0])


def parse(reply: bytes) -> Answer:
    """Return the first answer in what came back."""
    assert reply, "the server closed without an answer"
    head, _, body = reply.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    return Answer(int(status.split()[1]), {line.split(": ")[0].lower(): line.split(": ", 1)[1] for line in lines}, body)


def bomb(size: int) -> bytes:
    """Return a gzip body of many zeros."""
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(b" " * MEBIBYTE) for _ in range(size // MEBIBYTE)) + packer.flush()


@pytest.mark.parametrize(
    ("make", "part"),
    [
        pytest.param(lambda: bomb(200 * MEBIBYTE), str(4 * MEBIBYTE), id="200 MiB"),
        pytest.param(lambda: gzip.compress(bomb(100 * MEBIBYTE)), "JSON", id="twice packed"),
        pytest.param(lambda: gzip.compress(b" " * (3 * MEBIBYTE)) * 3, str(4 * MEBIBYTE), id="three members"),
        pytest.param(lambda: gzip.compress(b"") * 200_000, "256 members", id="200,000 empty members"),
    ],
)
def test_a_gzip_bomb_is_refused_in_bounded_time_and_memory(server: RunningServer, slug: str, make: Callable[[], bytes], part: str) -> None:
    """Whether it is large, deep or of many parts."""
    body = make()
    before = server.memory("VmHWM")
    began = server.cpu_seconds()

    answer = server.ingest(body, content_encoding="gzip")

    assert server.cpu_seconds() - began < SECONDS_MAX
    assert answer.status in (400, 413)
    assert part in answer.json()["detail"]
    assert server.memory("VmHWM") - before < MEMORY_GROWTH_MAX


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda slug: text(slug, data="{" + ",".join(f'"k{n}":{n}' for n in range(250_000)) + "}"), id="250,000 keys"),
        pytest.param(lambda slug: text(slug, data='{"a":[' + ",".join(["1e5"] * 900_000) + "]}"), id="900,000 numbers"),
        pytest.param(lambda slug: text(slug, data='{"a":"' + "\\u00e4" * 600_000 + '"}'), id="600,000 escapes"),
        pytest.param(
            lambda slug: text(slug, data='{"a":' + "[" * 20 + "0" * 1 + "]" * 20 + ',"b":[' + ",".join(["{}"] * 900_000) + "]}"),
            id="objects",
        ),
    ],
)
def test_large_but_valid_events_are_stored_in_bounded_time_and_memory(
    server: RunningServer, name: Name, make: Callable[[str], bytes]
) -> None:
    """They are within every limit."""
    slug = name()
    server.create_meter(slug, slug)
    before = server.memory("VmHWM")
    began = server.cpu_seconds()

    assert server.ingest(make(slug)).status == 204

    assert server.total(slug) == 1
    assert server.cpu_seconds() - began < 2 * SECONDS_MAX
    assert server.memory("VmHWM") - before < 8 * MEMORY_GROWTH_MAX
