"""Bad HTTP, slow clients and clients that leave: a 4xx or a closed connection, and the server answers all others as before."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from in_process_server import serving
from running_server import EVENT_TYPE, EVENTS, Answer, RunningServer, assert_problem, event, read_to_end

from meterlark.server import body, protocol

Name = Callable[[], str]
HEAD = f"POST {EVENTS} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {EVENT_TYPE}\r\n"


def answers(reply: bytes) -> list[Answer]:
    """Return the answers in what came back, in order."""
    found: list[Answer] = []
    while reply:
        head, _, rest = reply.partition(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").split("\r\n")
        headers = {line.split(": ")[0].lower(): line.split(": ", 1)[1] for line in lines}
        length = int(headers.get("content-length", 0))
        found.append(Answer(int(status.split()[1]), headers, rest[:length]))
        reply = rest[length:]
    return found


def request(value: Any, more: str = "") -> bytes:
    """Return a whole request that sends one event."""
    content = json.dumps(value)
    return f"{HEAD}content-length: {len(content)}\r\n{more}\r\n{content}".encode()


BAD_HTTP = {
    "both lengths": f"{HEAD}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": f"{HEAD}content-length: 5\r\ncontent-length: 6\r\n\r\nhello!",
    "a negative length": f"{HEAD}content-length: -5\r\n\r\n",
    "a length of letters": f"{HEAD}content-length: five\r\n\r\n",
    "an unknown transfer encoding": f"{HEAD}transfer-encoding: chunked, x\r\n\r\n0\r\n\r\n",
    "a bad chunk": f"{HEAD}transfer-encoding: chunked\r\n\r\nxyz\r\n",
    "bare line feeds": "GET /healthz/live HTTP/1.1\nhost: localhost\n\n",
    "a space before the colon": "GET /healthz/live HTTP/1.1\r\nhost : x\r\n\r\n",
    "a folded header": "GET /healthz/live HTTP/1.1\r\nhost: localhost\r\n y: z\r\n\r\n",
    "a NUL in a header": "GET /healthz/live HTTP/1.1\r\nhost: localhost\0y\r\n\r\n",
    "another version": "GET /healthz/live HTTP/9.9\r\nhost: localhost\r\n\r\n",
    "a path of letters": "GET healthz HTTP/1.1\r\nhost: localhost\r\n\r\n",
    "a path that is not ASCII": "GET /\xe4 HTTP/1.1\r\nhost: localhost\r\n\r\n",
    "a tunnel": "CONNECT example.org:443 HTTP/1.1\r\nhost: localhost\r\n\r\n",
    "TLS": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "HTTP/2": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "noise": "".join(chr(33 + number % 90) for number in range(1000)) + "\r\n\r\n",
}


@pytest.mark.parametrize("sent", BAD_HTTP.values(), ids=BAD_HTTP.keys())
def test_what_is_not_http_is_refused_and_the_connection_closed(server: RunningServer, sent: str) -> None:
    """One 4xx problem and nothing behind it, so no second request can be smuggled."""
    smuggled = sent.encode("latin-1") + b"GET /healthz/ready HTTP/1.1\r\nhost: localhost\r\n\r\n"

    [answer] = answers(server.raw(smuggled))

    assert_problem(answer, 400)
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(lambda: f"x: {'y' * 20_000}\r\n", id="20 KB"),
        pytest.param(lambda: "".join(f"x-{number}: {'y' * 80}\r\n" for number in range(200)), id="200 headers"),
        pytest.param(lambda: f"x: {'y' * 1_000_000}\r\n", id="1 MB"),
        pytest.param(lambda: "".join(f"x-{number}: y\r\n" for number in range(100_000)), id="100,000 headers"),
    ],
)
def test_large_headers_are_refused(server: RunningServer, header: Callable[[], str]) -> None:
    """431 with both numbers, or a closed connection when the client does not stop sending; memory stays as it was."""
    before = server.memory("VmHWM")
    sent = f"GET /healthz/live HTTP/1.1\r\nhost: localhost\r\n{header()}\r\n".encode()
    with server.connect() as connection:
        with contextlib.suppress(OSError):  # it may be refused before all of it was sent
            connection.sendall(sent)
        reply = read_to_end_or_answer(connection)

    if reply:
        assert_problem(answers(reply)[0], 431, "bytes", str(protocol.HEADER_BYTES_MAX))
    assert len(sent) > 200_000 or reply
    assert server.memory("VmHWM") - before < 16 * 1024 * 1024


def read_to_end_or_answer(connection: socket.socket) -> bytes:
    """Read one answer, or to the end of the connection."""
    reply = b""
    while b"\r\n\r\n" not in reply or not answers(reply)[0].body:
        try:
            part = connection.recv(65_536)
        except ConnectionResetError:
            return reply
        if not part:
            return reply
        reply += part
    return reply


def test_a_long_target_is_refused(server: RunningServer) -> None:
    """Uvicorn's URL parser takes 64 KiB; what is longer is no URL to it."""
    reply = server.raw(f"GET /{'x' * 100_000} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n".encode())

    assert answers(reply)[0].status in (400, 431)


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_pipelined_requests_are_answered_in_order(server: RunningServer, name: Name, size: int) -> None:
    """However the bytes arrive, and each event is counted."""
    slug = name()
    server.create_meter(slug, slug)
    sent = b"".join(request(event(str(number), slug), f"x-request-id: r{number}\r\n") for number in range(20))
    sent += b"GET /nothing HTTP/1.1\r\nhost: localhost\r\nx-request-id: last\r\nconnection: close\r\n\r\n"

    with server.connect() as connection:
        for start in range(0, len(sent), size):
            connection.sendall(sent[start : start + size])
        got = answers(read_to_end(connection))

    assert [answer.headers["x-request-id"] for answer in got] == [*(f"r{number}" for number in range(20)), "last"]
    assert [answer.status for answer in got] == [204] * 20 + [404]
    assert server.total(slug) == 20


def test_headers_behind_a_large_body_may_come_in_pieces(server: RunningServer, name: Name) -> None:
    """The bytes of the body before do not count as theirs."""
    slug = name()
    first = request(event("1", slug, data={"text": "x" * 200_000}))
    second = request(event("2", slug), "connection: close\r\n")
    with server.connect() as connection:
        connection.sendall(first + second[:20])
        head = connection.recv(65_536)
        connection.sendall(second[20:])
        reply = head + read_to_end(connection)

    assert [answer.status for answer in answers(reply)] == [204, 204]


@pytest.mark.parametrize("upgrade", ["h2c", "websocket"])
def test_a_body_behind_an_offered_upgrade_is_refused(server: RunningServer, name: Name, upgrade: str) -> None:
    """The parser cannot read it, so the problem says what to do, and the connection is closed: the body is no second request.

    A question without a body is answered, and the offer ignored.
    """
    slug = name()
    server.create_meter(slug, slug)
    more = f"upgrade: {upgrade}\r\nconnection: upgrade, http2-settings\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n"

    got = answers(server.raw(request(event("1", slug), more)))
    assert_problem(got[0], 400, "plain HTTP/1.1", field="upgrade")
    smuggled = request(event("1", slug), "connection: close\r\n")
    head = f"{HEAD}{more}content-length: {len(smuggled)}\r\n\r\n".encode()
    with server.connect() as connection:
        connection.sendall(head)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 400")
        with contextlib.suppress(OSError):
            connection.sendall(smuggled)

    assert server.total(slug) == 0
    assert server.get("/healthz/live", headers={"upgrade": upgrade, "connection": "upgrade"}).status == 200


@pytest.mark.parametrize("header", ["content-length: 1000\r\n", "transfer-encoding: chunked\r\n"])
def test_a_client_that_leaves_in_the_middle_stores_nothing(server: RunningServer, name: Name, header: str) -> None:
    """Closed or reset; an event that was sent in part is not there, and may be sent again."""
    slug = name()
    server.create_meter(slug, slug)
    content = json.dumps([event("1", slug)])[:-1]
    part = content if "length" in header else f"{len(content):x}\r\n{content}\r\n"
    for is_reset in (False, True):
        with server.connect() as connection:
            if is_reset:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            connection.sendall(f"{HEAD}{header}\r\n{part}".encode())

    assert server.verdicts([event("1", slug)]) == ["new"]
    assert server.total(slug) == 1


def test_a_client_that_does_not_wait_for_the_answer_has_sent(server: RunningServer, name: Name) -> None:
    """What was sent whole is stored once; sent again it is a duplicate."""
    slug = name()
    server.create_meter(slug, slug)
    for number in range(20):
        with server.connect() as connection:
            connection.sendall(request(event(str(number), slug)))

    server.ingest([event(str(number), slug) for number in range(20)])

    assert server.total(slug) == 20


def test_expect_continue_is_answered_before_the_body(server: RunningServer, name: Name) -> None:
    """And a body that is too large is refused instead of asked for."""
    content = json.dumps(event("1", name())).encode()
    with server.connect(timeout_seconds=10) as connection:
        connection.sendall(f"{HEAD}expect: 100-continue\r\ncontent-length: {len(content)}\r\n\r\n".encode())
        assert connection.recv(65_536).startswith(b"HTTP/1.1 100")
        connection.sendall(content)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 204")
    with server.connect(timeout_seconds=10) as connection:
        connection.sendall(f"{HEAD}expect: 100-continue\r\ncontent-length: 200000000\r\n\r\n".encode())
        assert connection.recv(65_536).startswith(b"HTTP/1.1 413")


def is_closed(connection: socket.socket, *, timeout_seconds: float) -> bool:
    """Tell whether the other side closes in time, with or without an answer."""
    connection.settimeout(timeout_seconds)
    try:
        return len(read_to_end(connection)) < 5_000
    except TimeoutError:
        return False


HALF_SENT = {
    "nothing": b"",
    "half a request line": b"GET /healthz",
    "half headers": b"GET /healthz/live HTTP/1.1\r\nhost: localhost\r\n",
}


def test_300_half_open_connections_are_closed_and_others_are_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever part of its headers a client has sent when the time is over; while they are open the server answers."""
    monkeypatch.setattr(protocol, "HEADER_SECONDS_MAX", 1.0)
    with serving() as address:
        connections = [address.connect() for _ in range(300)]
        for number, connection in enumerate(connections):
            connection.sendall(list(HALF_SENT.values())[number % 3])
        assert address.get("/healthz/live").status == 200
        began = time.monotonic()

        closed = [is_closed(connection, timeout_seconds=10) for connection in connections]

        assert closed == [True] * 300
        assert time.monotonic() - began < 10
        assert address.get("/healthz/ready").status == 200
        for connection in connections:
            connection.close()


def test_a_client_that_drips_its_headers_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then does not buy more time."""
    monkeypatch.setattr(protocol, "HEADER_SECONDS_MAX", 0.5)
    with serving() as address, address.connect() as connection:
        connection.sendall(b"GET /healthz/live HTTP/1.1\r\n")
        connection.settimeout(0.05)
        sent = 0
        try:
            while sent < 400:
                connection.sendall(b"x")
                sent += 1
                try:
                    if not connection.recv(1):
                        break
                except TimeoutError:
                    continue
        except OSError:
            pass  # closed while we were sending

    assert 5 <= sent <= 200


def test_the_second_request_of_a_connection_has_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kept connection is no way around it; an idle one is kept."""
    monkeypatch.setattr(protocol, "HEADER_SECONDS_MAX", 0.5)
    with serving() as address, address.connect() as half, address.connect() as idle:
        for connection in (half, idle):
            connection.sendall(b"GET /healthz/live HTTP/1.1\r\nhost: localhost\r\n\r\n")
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200")
        half.sendall(b"GET /healthz")

        assert is_closed(half, timeout_seconds=10)
        idle.sendall(b"GET /healthz/live HTTP/1.1\r\nhost: localhost\r\n\r\n")
        assert idle.recv(65_536).startswith(b"HTTP/1.1 200")


def test_a_body_that_does_not_come_is_a_timeout(monkeypatch: pytest.MonkeyPatch, name: Name) -> None:
    """408 as a problem, and the connection is closed; nothing is stored."""
    monkeypatch.setattr(body, "BODY_SECONDS_MAX", 0.3)
    with serving() as address:
        [answer] = answers(address.raw(f"{HEAD}content-length: 1000\r\n\r\n{{".encode()))

        assert_problem(answer, 408, "0.3 seconds")
        assert address.get(EVENTS).json() == []


def test_many_clients_at_once_are_all_counted(server: RunningServer, name: Name) -> None:
    """Among clients that send rubbish and leave."""
    slug = name()
    server.create_meter(slug, slug)
    failures: list[object] = []

    def behave(worker: int) -> None:
        for number in range(30):
            answer = server.ingest(event(f"{worker}-{number}", slug))
            if answer.status != 204:
                failures.append(answer)

    def misbehave(worker: int) -> None:
        for number in range(30):
            with server.connect() as connection:
                connection.sendall((f"{HEAD}content-length: 99\r\n\r\n" if number % 2 else "rubbish\r\n\r\n").encode())

    threads = [threading.Thread(target=target, args=(worker,)) for worker in range(4) for target in (behave, misbehave)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert server.total(slug) == 120


def test_no_descriptor_is_left_behind(server: RunningServer) -> None:
    """By clients that leave in every way."""
    folder = Path(f"/proc/{server.process.pid}/fd")

    def misuse() -> None:
        for sent in (b"", b"rubbish\r\n\r\n", f"{HEAD}content-length: 9\r\n\r\n".encode(), request(event("1", "x"))):
            with server.connect() as connection:
                connection.sendall(sent)

    def settled() -> int:
        for _ in range(100):
            count = len(list(folder.iterdir()))
            server.get("/healthz/live")
            if len(list(folder.iterdir())) == count:
                return count
        raise AssertionError("the number of descriptors does not settle")

    misuse()
    before = settled()
    for _ in range(50):
        misuse()

    assert settled() <= before + 5
