"""What is asked of every wrapper: the calls, one a row, and what each really cost.

The provider on loopback reports what it is told, so a finished call costs `TOLD`. It can stop an answer until its caller leaves, so a call
that is given up costs the prompt and the words that were produced. Both are known without any counter of ours: the prompt is made of words
that are one token each in OpenAI's encodings (a test asks another tokenizer), inside the three kinds of tokens that OpenAI documents for
messages, and every piece of the answer is such a word.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from meterlark.testing.provider import Usage

WORD = " bird"
"""One token in o200k_base and cl100k_base, alone and repeated."""

TOLD = Usage(prompt=1000, completion=100, cached=600, reasoning=50)
SERVICE_TIER = "flex"
PIECES = 50
"""Pieces of the answer."""

READ = 10
"""Pieces that a caller reads before it leaves."""

PROMPT = WORD.strip() + WORD * (TOLD.prompt - 3 - 3 - 1 - 1)
"""With 3 tokens that start the answer, 3 for the message and 1 for its role (OpenAI's cookbook) it is the prompt that `TOLD` says."""


@dataclass(frozen=True)
class Truth:
    """What a call cost; None is unknown to everybody, such as how much of the prompt was cached when nobody was told."""

    input: int
    output: int
    cached: int | None = None
    reasoning: int | None = None
    tier: str | None = None
    calls: int = 1


WHOLE = Truth(TOLD.prompt, TOLD.completion, TOLD.cached, TOLD.reasoning, SERVICE_TIER)
WHOLE_WITHOUT_TIER = Truth(TOLD.prompt, TOLD.completion, TOLD.cached, TOLD.reasoning)
LEFT = Truth(TOLD.prompt, READ)
NOTHING = Truth(0, 0, calls=0)


@dataclass(frozen=True)
class Row:
    """One call.

    Attributes:
        key: Its letter or name; A to I are those of the first comparison.
        title: What the caller does.
        kind: Which SDK it needs.
        caller: The function in `callers` that makes it.
        truth: What it cost.
        switches: What the provider is told by the request.
    """

    key: str
    title: str
    kind: str
    caller: str
    truth: Truth
    switches: str = ""


def _held(before: int) -> str:
    """Stop an answer after as many pieces as are read, and what comes before the first."""
    return f"hold-after={before + READ}"


ROWS = (
    Row("A", "blocking", "openai", "chat", WHOLE),
    Row("B", "stream, the caller did not ask for usage", "openai", "chat_stream", WHOLE),
    Row("C", "stream with usage", "openai", "chat_stream_with_usage", WHOLE),
    Row("D", "stream closed after 10 words", "openai", "chat_closed", LEFT, _held(1)),
    Row("E", "stream dropped after 10 words", "openai", "chat_dropped", LEFT, _held(1)),
    Row("F", "`with` block left after 10 words", "openai", "chat_block_left", LEFT, _held(1)),
    Row("G", "Responses stream", "openai", "responses_stream", WHOLE),
    Row("H", "Responses stream closed after 10 words", "openai", "responses_closed", LEFT, _held(4)),
    Row("I", "asyncio task cancelled in a stream", "async_openai", "chat_cancelled", LEFT, _held(1)),
    Row("J", "Responses, blocking", "openai", "responses", WHOLE),
    Row("K", "asyncio stream, the caller did not ask for usage", "async_openai", "chat_stream_async", WHOLE),
    Row("L", "the caller's own exception after 10 words", "openai", "chat_failing_caller", LEFT, _held(1)),
    Row("M", "connection cut by the provider after 10 words", "openai", "chat_cut", LEFT, f"cut-after={1 + READ}"),
    Row("N", "`chat.completions.stream` helper", "openai", "chat_helper", WHOLE),
    Row("O", "`with_raw_response`, blocking", "openai", "chat_raw", WHOLE),
    Row("P", "one retry by the SDK", "openai", "chat", WHOLE, "status=500, times=1, retry-after=0"),
    Row("Q", "a refused call, which costs nothing", "openai", "chat_refused", NOTHING, "status=400"),
    Row("Azure A", "blocking", "azure", "chat", WHOLE),
    Row("Azure B", "stream, the caller did not ask for usage", "azure", "chat_stream", WHOLE),
    Row("Azure D", "stream closed after 10 words", "azure", "chat_closed_azure", LEFT, _held(2)),
    Row("Anthropic A", "blocking", "anthropic", "message", WHOLE_WITHOUT_TIER),
    Row("Anthropic B", "stream", "anthropic", "message_stream", WHOLE_WITHOUT_TIER),
    Row("Anthropic N", "`messages.stream` helper", "anthropic", "message_helper", WHOLE_WITHOUT_TIER),
    Row("Anthropic D", "stream closed after 10 words", "anthropic", "message_closed", Truth(TOLD.prompt, READ, TOLD.cached), _held(3)),
    Row("Google A", "blocking", "google", "content", WHOLE_WITHOUT_TIER),
    Row("Google B", "stream", "google", "content_stream", WHOLE_WITHOUT_TIER),
    Row(
        "Google D",
        "stream closed after 10 words",
        "google",
        "content_closed",
        Truth(
            TOLD.prompt, TOLD.reasoning + (TOLD.completion - TOLD.reasoning) * READ // PIECES, cached=TOLD.cached, reasoning=TOLD.reasoning
        ),
        _held(0),
    ),
)

DETAILS = ("cached", "reasoning", "tier")
DETAILED = ("A", "C", "G")
"""Rows of which each detail is a row of its own."""


def rows_of(kinds: frozenset[str]) -> Iterator[Row]:
    """Yield the rows that these SDKs can be asked."""
    return (row for row in ROWS if row.kind in kinds)
