import http.client

import pytest

from meterlark.client import transport
from meterlark.client.request import Request
from meterlark.client.transport import RETRY_AFTER_SECONDS_MAX, Transport
from meterlark.model.errors import InvalidInputError, MeterlarkError, NotFoundError, UnavailableError
from meterlark.sdk.api import AnswerTooLargeError, Reply

OK = Reply(200, b"{}", None)
QUESTION = Request(method="GET", path="/", is_repeatable=True)
CHANGE = Request(method="POST", path="/", is_repeatable=False)


class Script:
    """Stands for the connection: gives what it was told in turn, and remembers what was done."""

    def __init__(self) -> None:
        self.outcomes: list[Reply | Exception] = []
        self.sent: list[str] = []
        self.closed = 0

    def request(self, method: str, _path: str, _body: bytes | None, **_: object) -> Reply:
        """Give the next outcome."""
        self.sent.append(method)
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def close(self) -> None:
        """Count."""
        self.closed += 1


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Script:
    """Give what the transport talks to."""
    made = Script()
    monkeypatch.setattr(transport, "Api", lambda *_, **__: made)
    return made


@pytest.fixture
def waits() -> list[float]:
    """Give the list of waits."""
    return []


def made(waits: list[float], *, retries_max: int = 3) -> Transport:
    """Return a transport that does not really wait, and whose jitter is none."""
    return Transport("http://h", key=None, timeout_seconds=1, retries_max=retries_max, sleep=waits.append, jitter=lambda: 1.0)


def test_waits_grow(script: Script, waits: list[float]) -> None:
    """They double from a quarter of a second."""
    script.outcomes = [ConnectionRefusedError(), TimeoutError(), http.client.BadStatusLine("x"), OK]

    assert made(waits).send(QUESTION) == OK
    assert waits == [0.25, 0.5, 1.0]


def test_the_server_says_when(script: Script, waits: list[float]) -> None:
    """A wait that it asks for is kept, and longer than ours."""
    script.outcomes = [Reply(429, b"", 7), Reply(503, b"", 2), OK]

    made(waits).send(QUESTION)
    assert waits == [7, 2]


def test_a_server_that_asks_for_too_much_is_not_waited_for(script: Script, waits: list[float]) -> None:
    """The caller hears of it, with the time."""
    script.outcomes = [Reply(503, b"", RETRY_AFTER_SECONDS_MAX + 1)]

    with pytest.raises(UnavailableError) as caught:
        made(waits).send(QUESTION)
    assert (caught.value.retry_after_seconds, waits) == (RETRY_AFTER_SECONDS_MAX + 1, [])


def test_retries_end(script: Script, waits: list[float]) -> None:
    """After as many as were allowed."""
    script.outcomes = [ConnectionRefusedError()] * 3

    with pytest.raises(UnavailableError, match="http://h does not answer"):
        made(waits, retries_max=2).send(QUESTION)
    assert len(script.sent) == 3


def test_a_change_is_sent_once(script: Script, waits: list[float]) -> None:
    """Over a new connection: nobody knows what became of a request on one that broke."""
    script.outcomes = [ConnectionResetError()]

    with pytest.raises(UnavailableError):
        made(waits).send(CHANGE)
    assert (len(script.sent), script.closed, waits) == (1, 1, [])


@pytest.mark.parametrize(
    ("outcome", "error"),
    [(Reply(404, b"", None), NotFoundError), (Reply(500, b"", None), MeterlarkError), (AnswerTooLargeError("big"), InvalidInputError)],
)
def test_what_a_retry_cannot_help_is_told_at_once(
    script: Script, waits: list[float], outcome: Reply | Exception, error: type[Exception]
) -> None:
    """No second request."""
    script.outcomes = [outcome]

    with pytest.raises(error):
        made(waits).send(QUESTION)
    assert (len(script.sent), waits) == (1, [])


def test_a_negative_number_of_retries_is_refused(script: Script, waits: list[float]) -> None:
    """With the field's name."""
    with pytest.raises(InvalidInputError) as caught:
        made(waits, retries_max=-1)
    assert caught.value.field == "retries_max"
