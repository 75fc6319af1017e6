import asyncio
import gzip
import zlib
from typing import Any

import pytest

from meterlark.model.errors import InvalidInputError, TooLargeError, UnsupportedMediaTypeError
from meterlark.server import body as module
from meterlark.server.body import GZIP_MEMBERS_MAX, ClientGoneError, decompress, read_body
from meterlark.server.problem import TimedOutError, UpgradeOfferedError

LIMIT = 100
GONE: dict[str, Any] = {"type": "http.disconnect"}


def parts(*bodies: bytes) -> list[dict[str, Any]]:
    """Return the messages of a body that comes in parts."""
    return [{"type": "http.request", "body": one, "more_body": index < len(bodies) - 1} for index, one in enumerate(bodies)]


class Client:
    """Gives messages in order and counts how many were taken."""

    def __init__(self, messages: list[dict[str, Any]]) -> None:
        self._messages = messages
        self.taken = 0

    async def receive(self) -> dict[str, Any]:
        """Give the next message; wait for ever after the last."""
        if self.taken == len(self._messages):
            await asyncio.get_running_loop().create_future()
        self.taken += 1
        return self._messages[self.taken - 1]


def read(messages: list[dict[str, Any]], headers: dict[bytes, bytes] | None = None) -> tuple[bytes, int]:
    """Read a body, and tell how many messages were taken."""
    client = Client(messages)
    return asyncio.run(read_body(headers or {}, client.receive, bytes_max=LIMIT)), client.taken


@pytest.mark.parametrize("bodies", [(b"",), (b"abc",), (b"a", b"b", b"c"), (b"", b"abc", b""), (b"x" * LIMIT,), (b"x" * 60, b"x" * 40)])
def test_a_body_is_read_whole(bodies: tuple[bytes, ...]) -> None:
    """In one part or in many, up to the limit."""
    assert read(parts(*bodies)) == (b"".join(bodies), len(bodies))


@pytest.mark.parametrize("bodies", [(b"x" * 101,), (b"x" * 60, b"x" * 41), (b"x" * 60, b"x" * 41, b"x" * 1000, b"x" * 1000)])
def test_a_body_over_the_limit_is_not_read_further(bodies: tuple[bytes, ...]) -> None:
    """At most one part is taken after the limit is passed."""
    client = Client(parts(*bodies))
    with pytest.raises(TooLargeError, match="100"):
        asyncio.run(read_body({}, client.receive, bytes_max=LIMIT))
    assert client.taken <= 2


@pytest.mark.parametrize("length", [b"101", b"1" * 18, b"9" * 5000])
def test_a_declared_length_over_the_limit_is_refused_unread(length: bytes) -> None:
    """However many digits it has."""
    client = Client(parts(b"x"))
    with pytest.raises(TooLargeError, match="at most 100"):
        asyncio.run(read_body({b"content-length": length}, client.receive, bytes_max=LIMIT))
    assert client.taken == 0


@pytest.mark.parametrize("messages", [[GONE], [*parts(b"a", b"b")[:1], GONE]])
def test_a_client_that_leaves_has_sent_nothing(messages: list[dict[str, Any]]) -> None:
    """Before the first part, or between two."""
    with pytest.raises(ClientGoneError):
        read(messages)


def test_a_body_that_does_not_come_is_a_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound is on the whole body."""
    monkeypatch.setattr(module, "BODY_SECONDS_MAX", 0.01)
    with pytest.raises(TimedOutError, match=r"0\.01 seconds"):
        read(parts(b"a", b"b")[:1])


@pytest.mark.parametrize("encoding", [b"gzip", b"GZIP ", b"x-gzip"])
def test_gzip_is_read(encoding: bytes) -> None:
    """Under each of its names."""
    assert read(parts(gzip.compress(b"abc")), {b"content-encoding": encoding})[0] == b"abc"


@pytest.mark.parametrize("encoding", [b"br", b"deflate", b"gzip, gzip", b"\xff"])
def test_other_encodings_are_refused(encoding: bytes) -> None:
    """With those that are allowed."""
    with pytest.raises(UnsupportedMediaTypeError, match="gzip and identity"):
        read(parts(b"x"), {b"content-encoding": encoding})


def test_a_body_behind_an_offered_upgrade_is_refused() -> None:
    """The parser does not give it."""
    with pytest.raises(UpgradeOfferedError, match=r"HTTP/1\.1"):
        read(parts(b""), {b"upgrade": b"h2c"})


def test_members_are_joined() -> None:
    """Empty ones, too, up to the limit on bytes and the limit on members."""
    assert decompress(gzip.compress(b"ab") + gzip.compress(b"") + gzip.compress(b"c"), bytes_max=3) == b"abc"
    assert decompress(gzip.compress(b"a") * GZIP_MEMBERS_MAX, bytes_max=1000) == b"a" * GZIP_MEMBERS_MAX
    with pytest.raises(TooLargeError, match="256 members"):
        decompress(gzip.compress(b"") * (GZIP_MEMBERS_MAX + 1), bytes_max=1000)


@pytest.mark.parametrize("content", [b"x" * 101, b"x" * 10_000_000], ids=["one too many", "a bomb"])
def test_what_comes_out_is_bounded(content: bytes) -> None:
    """At the limit it passes, one byte more is refused; also over several members."""
    assert decompress(gzip.compress(b"x" * 100), bytes_max=100) == b"x" * 100
    with pytest.raises(TooLargeError, match="more than 100 bytes"):
        decompress(gzip.compress(content), bytes_max=100)
    with pytest.raises(TooLargeError, match="more than 100 bytes"):
        decompress(gzip.compress(b"x" * 51) * 2, bytes_max=100)


@pytest.mark.parametrize("cut", range(1, 23))
def test_a_cut_body_is_refused(cut: int) -> None:
    """Wherever it is cut."""
    whole = gzip.compress(b"abc")
    with pytest.raises(InvalidInputError, match="gzip"):
        decompress(whole[:-cut], bytes_max=100)


@pytest.mark.parametrize(
    "body",
    [b"abc", zlib.compress(b"abc"), gzip.compress(b"abc") + b"x", b"", gzip.compress(b"abc")[:-8] + bytes(8)],
    ids=["plain", "zlib", "rubbish behind", "nothing", "wrong checksum"],
)
def test_what_is_not_gzip_is_refused(body: bytes) -> None:
    """The error says so."""
    with pytest.raises(InvalidInputError, match="gzip"):
        decompress(body, bytes_max=100)
