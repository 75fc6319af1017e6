import pytest
from captures import GEMINI, OPENAI, capture, chat_usage, data_of, said, sse, tokens_of

from meterlark.capture import frames
from meterlark.capture.attributes import Exchange
from meterlark.capture.reader import Captured, ExchangeReader
from meterlark.capture.route import Skipped

URL = f"{OPENAI}/chat/completions"
BODY = {"id": "c1", "created": 1790000000, "choices": [{"message": {"content": "Hello world"}, "finish_reason": "stop"}]}
ASKED = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hi"}]}


def test_usage_is_known_as_soon_as_it_was_sent() -> None:
    """A gateway settles its reservation without waiting for the end."""
    reader = ExchangeReader(Exchange(url=URL, subject="acme"))

    reader.add(said("a"))
    before = reader.usage
    reader.add({"choices": [], "usage": chat_usage(5, 2)})

    assert before is None
    assert reader.usage is not None
    assert reader.usage.total_tokens == 7


@pytest.mark.parametrize(
    ("options", "source"),
    [({}, "reported"), ({"is_usage_injected": True}, "injected"), ({"is_usage_injected": True, "is_drained": True}, "drained")],
)
def test_a_report_says_how_we_came_by_it(options: dict[str, bool], source: str) -> None:
    """Asked by the caller, asked by us, or read on without the caller."""
    assert tokens_of(URL, {**BODY, "usage": chat_usage(5, 2)}, **options) == (source, 5, 2, 7)


def test_what_is_not_reported_is_counted() -> None:
    """A whole answer in full, a cut one as far as it arrived."""
    assert tokens_of(URL, BODY, request=ASKED) == ("counted", 8, 2, 10)
    assert tokens_of(URL, events=[said("Hello world")], request=ASKED) == ("partial", 8, 2, 10)
    assert tokens_of(URL, events=[said("Hello world")], request=ASKED, is_complete=True) == ("counted", 8, 2, 10)


def test_nothing_is_counted_if_only_reports_are_wanted() -> None:
    """The reason tells an answer without usage from a cut one."""
    whole, cut = capture(URL, BODY, is_reported_only=True), capture(URL, events=[said("a")], is_reported_only=True)

    assert whole == Skipped("the provider reported no usage")
    assert cut == Skipped("the answer was cut before any report of usage")


@pytest.mark.parametrize("status", [199, 301, 400, 429, 500])
def test_only_a_2xx_answer_is_usage(status: int) -> None:
    """Whatever its body says."""
    got = capture(URL, {**BODY, "usage": chat_usage(5, 2)}, status=status)

    assert got == Skipped(f"the status is {status}; only a 2xx response is usage")


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b'{"id": ', "the body is not JSON"), (b"[7]", "the body is not a JSON object"), (b"\xff\xfe" * 9, None), (b"", None)],
)
def test_a_body_that_cannot_be_read_is_no_event(content: bytes, reason: str | None) -> None:
    """Cut JSON says nothing; bytes that are no text at all are a stream without events, which is counted as cut."""
    got = capture(URL, content=content, request=ASKED)

    assert got == Skipped(reason) if reason else isinstance(got, Captured) and got.verdict.source == "partial"


def test_blanks_and_a_byte_order_mark_may_stand_before_a_body() -> None:
    """OpenRouter sends blanks to keep a connection open."""
    for start in (b"\n \r\n", b"\xef\xbb\xbf"):
        assert tokens_of(URL, content=start + b'{"usage": {"prompt_tokens": 1, "completion_tokens": 2}}')[1:3] == (1, 2)


def test_a_byte_order_mark_may_come_in_pieces() -> None:
    """It says nothing of what follows."""
    reader = ExchangeReader(Exchange(url=URL, subject="acme"))
    for byte in b'\xef\xbb\xbf{"id": "c1", "usage": {"prompt_tokens": 1, "completion_tokens": 2}}':
        reader.feed(bytes([byte]))

    assert isinstance(reader.close(), Captured)


@pytest.mark.parametrize(
    ("url", "content", "is_stream"),
    [
        (URL, b'{"id": "c1"}', False),
        (URL, b'data: {"id": "c1"}\n\n', True),
        ("http://localhost:11434/api/chat", b'{"done": true}', False),
        ("http://localhost:11434/api/chat", b'{"done": false}\n{"done": true}', True),
        (f"{GEMINI}/models/g:streamGenerateContent", b"[{}]", True),
    ],
)
def test_the_event_says_whether_it_was_streamed(url: str, content: bytes, *, is_stream: bool) -> None:
    """By what came, so that transport, gateway and recording agree."""
    assert data_of(url, content=content)["stream"] is is_stream


def test_numbers_of_embeddings_are_not_decoded() -> None:
    """A large answer has a hundred megabytes of them; even those that are no JSON do not matter."""
    content = b'{"object": "list", "data": [{"embedding": [1e999999999, 0.25]}], "usage": {"prompt_tokens": 3, "total_tokens": 3}}'

    assert tokens_of(f"{OPENAI}/embeddings", content=content) == ("reported", 3, 0, 3)


def test_an_answer_too_long_to_keep_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was kept is counted."""
    monkeypatch.setattr("meterlark.capture.answer.CHARACTERS_KEPT_MAX", 5)

    data = data_of(URL, events=[said("Hello"), said(" world")], request=ASKED)

    assert (data["output_tokens"], data["count_notes"]) == (
        1,
        ["encoding assumed: o200k_base", "not counted: the answer is longer than what is kept"],
    )


def test_half_a_character_does_not_cost_the_usage() -> None:
    """Some servers escape a surrogate alone, which strict JSON refuses."""
    content = b'{"choices": [{"message": {"content": "\\ud83d"}}], "usage": {"prompt_tokens": 1, "completion_tokens": 2}}'

    assert tokens_of(URL, content=content)[1:3] == (1, 2)


def test_a_message_over_the_limit_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """What came before it is counted, and the event tells."""
    monkeypatch.setattr("meterlark.capture.sse.EVENT_BYTES_MAX", 200)
    content = sse(said("a")) + b"data: " + b"x" * 300

    data = data_of(URL, content=content, request=ASKED)

    assert data["count_notes"][-1] == "not read: one server-sent event has more than 200 bytes"
    assert data["usage_source"] == "partial"


def test_a_body_over_the_limit_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is nothing to go by."""
    monkeypatch.setattr(frames, "BODY_BYTES_MAX", 8)

    assert capture(URL, content=b'{"id": "c1", "choices": []}') == Skipped("the body has more than 8 bytes")


def test_an_exchange_needs_an_id() -> None:
    """Without one it could not be told from another."""
    reader = ExchangeReader(Exchange(url=URL, subject="acme"))
    reader.add_body({"usage": chat_usage(1, 1)})

    assert reader.close() == Skipped("the response has neither an id nor a request id")


def test_headers_may_be_in_any_case() -> None:
    """And come before the body."""
    reader = ExchangeReader(Exchange(url=URL, subject="acme"))
    reader.begin(200, {"X-Request-ID": "req_7", "Date": "Mon, 08 Sep 2025 16:37:11 GMT"})
    reader.add_body({"usage": chat_usage(1, 1)})

    got = reader.close()

    assert isinstance(got, Captured)
    assert (got.event["id"], got.event["time"]) == ("req:req_7", "2025-09-08T16:37:11Z")
