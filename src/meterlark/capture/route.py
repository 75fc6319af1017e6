"""What the method and path of a URL ask for: the operation and its dialect, or why the answer bears no usage.

The path decides, never the content: a table of path ends, the first that fits counts. A host that is not known is read as what its path
says, so that every server with OpenAI's or Anthropic's paths is covered.
"""

import re
from collections.abc import Mapping
from enum import Enum, auto
from functools import lru_cache
from typing import Final
from urllib.parse import unquote, urlsplit

import msgspec

from meterlark.capture.origin import ANTHROPIC, AZURE, GEMINI, OLLAMA, OPENAI, base_url_of, provider_of

ROUTES_KEPT_MAX: Final = 256
"""Routes that are remembered: a program calls few URLs again and again, and looking through the table costs about 30 microseconds, and some
milliseconds the first time, because the patterns are compiled when they are needed and not when the program starts."""


class Countable(Enum):
    """What can be counted of an answer for which the provider reports no usage."""

    TEXT = auto()
    """The tokens of request and answer."""
    INPUT = auto()
    """The tokens of the request; the answer has none."""
    UNITS = auto()
    """Images, seconds, characters: whatever the body or the request tells."""
    NOTHING = auto()
    """Nothing: usage that is missing stays unknown."""


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """What a call asks for.

    Attributes:
        provider: Name of the provider.
        operation: What is asked for, such as `chat`.
        reader: What reads the answer, by module and class; see `dialect.reader_class`.
        countable: What can be counted where no usage is reported.
        base_url: The URL without what belongs to this call.
        names: What the URL says: `model`, `id`.
        is_json_sequence: Whether the body may be JSON values one after another.
    """

    provider: str
    operation: str
    reader: str
    countable: Countable
    base_url: str
    names: Mapping[str, str]
    is_json_sequence: bool


class Skipped(msgspec.Struct, frozen=True):
    """Why an exchange is not an event."""

    reason: str


class _Entry(msgspec.Struct, frozen=True):
    pattern: str
    operation: str
    reader: str
    countable: Countable
    methods: frozenset[str]
    is_json_sequence: bool
    default_provider: str


_POST: Final = frozenset({"POST"})
_GET: Final = frozenset({"GET"})
_BOTH: Final = _POST | _GET


def _entry(
    path: str,
    operation: str,
    reader: str,
    countable: Countable = Countable.TEXT,
    *,
    methods: frozenset[str] = _POST,
    is_json_sequence: bool = False,
    provider: str = OPENAI,
) -> _Entry:
    return _Entry(f"(?:{path})$", operation, reader, countable, methods, is_json_sequence, provider)


_ID: Final = r"(?P<id>[^/]+)"
_MODEL: Final = r"(?:/publishers/google)?/(?:models|tunedModels|endpoints)/(?P<model>[^/:]+)"
_DEPLOYMENT: Final = r"(?:/(?:deployments|engines)/(?P<model>[^/]+))?"

_NOT_USAGE: Final = (
    (r"/(?:responses/input_tokens|messages/count_tokens|count-tokens|tokenize)$|:countTokens$", "a pre-count is not consumption"),
    (r"/organization/(?:usage|costs)(?:/|$)", "a report of usage that was metered when it happened"),
    (r"/runs/[^/]+/steps(?:/|$)", "the usage of a step is part of its run's"),
    (r"/messages/batches(?:/[^/]+(?:/cancel)?)?$", "the usage is in the results of the batch"),
    (r"/messages/batches/[^/]+/results$", "every line is an answer of its own; give the lines to meter.record_batch"),
    (r"/realtime/", "the usage is in the session's events; give them to meter.record_session"),
    (r"/v1/(?:answers|classifications)$|/engines/[^/]+/search$", "a retired endpoint, which reported no usage"),
    (r"/cachedContents/", "what a cache used is metered when it is made"),
    (r"/(?:fine_tuning|fine-tunes)(?:/|$)", "training is not metered"),
    (r"/threads(?:/(?!runs$)[^/]+)?$|/threads/[^/]+/messages(?:/|$)", "the usage is in the runs of the thread"),
)

_ENTRIES: Final = (
    # Amazon, whose paths hold model names that may look like anything.
    _entry(r"/model/(?P<model>[^/]+)/converse", "converse", "bedrock:ConverseReader", provider="bedrock"),
    _entry(r"/model/(?P<model>[^/]+)/converse-stream", "converse", "bedrock:ConverseReader", provider="bedrock"),
    _entry(r"/model/(?P<model>[^/]+)/invoke(?:-with-response-stream)?", "invoke", "bedrock:InvokeReader", provider="bedrock"),
    _entry(r"/guardrail/[^/]+/version/[^/]+/apply", "guardrail", "bedrock:GuardrailReader", Countable.NOTHING, provider="bedrock"),
    # Ollama, of whose embeddings the end of the path is OpenAI's too.
    _entry(r"/api/(?:chat|generate)", "chat", "ollama:OllamaReader", is_json_sequence=True, provider=OLLAMA),
    _entry(r"/api/embed(?:dings)?", "embeddings", "ollama:OllamaEmbeddingReader", Countable.NOTHING, provider=OLLAMA),
    # OpenAI and compatible servers.
    _entry(rf"{_DEPLOYMENT}(?:/extensions)?/(?:chat|agents|fim)/completions", "chat", "openai_chat:ChatReader"),
    _entry(rf"/chat/completions/{_ID}", "chat", "openai_chat:ChatReader", Countable.NOTHING, methods=_GET),
    _entry(r"/serving-endpoints/(?P<model>[^/]+)/invocations", "chat", "openai_chat:ChatReader", provider="databricks"),
    _entry(rf"{_DEPLOYMENT}/completions", "completions", "openai_chat:ChatReader"),
    _entry(r"/images/(?:generations|edits|variations)", "images", "openai_media:ImagesReader", Countable.UNITS),
    _entry(rf"{_DEPLOYMENT}/edits", "edits", "openai_chat:ChatReader", Countable.NOTHING),
    _entry(r"/responses/compact", "responses_compact", "openai_responses:ResponsesReader", Countable.NOTHING),
    _entry(r"/responses", "responses", "openai_responses:ResponsesReader"),
    _entry(rf"/responses/{_ID}", "responses", "openai_responses:ResponsesReader", Countable.NOTHING, methods=_GET),
    _entry(rf"/responses/{_ID}/cancel", "responses", "openai_responses:ResponsesReader", Countable.NOTHING),
    _entry(r"/decisions", "decisions", "openai_media:MediaReader", Countable.NOTHING),
    _entry(rf"{_DEPLOYMENT}/embeddings", "embeddings", "openai_media:EmbeddingsReader", Countable.INPUT),
    _entry(r"/audio/transcriptions|/stt", "transcription", "openai_media:TranscriptionReader", Countable.UNITS),
    _entry(r"/audio/translations", "translation", "openai_media:TranscriptionReader", Countable.UNITS),
    _entry(r"/audio/speech|/tts", "speech", "openai_media:SpeechReader", Countable.UNITS),
    _entry(r"/rerank", "rerank", "openai_media:EmbeddingsReader", Countable.NOTHING),
    _entry(r"/moderations", "moderation", "openai_media:ModerationReader", Countable.UNITS),
    _entry(r"/ocr", "ocr", "openai_media:MediaReader", Countable.NOTHING),
    _entry(r"/videos(?:/generations)?", "video", "openai_jobs:VideoReader", Countable.NOTHING),
    _entry(rf"/videos/{_ID}(?:/remix)?", "video", "openai_jobs:VideoReader", Countable.NOTHING, methods=_BOTH),
    _entry(r"/threads(?:/[^/]+)?/runs", "run", "openai_jobs:RunReader", Countable.NOTHING),
    _entry(rf"/threads/[^/]+/runs/{_ID}", "run", "openai_jobs:RunReader", Countable.NOTHING, methods=_GET),
    _entry(rf"/threads/[^/]+/runs/{_ID}/(?:cancel|submit_tool_outputs)", "run", "openai_jobs:RunReader", Countable.NOTHING),
    # Anthropic.
    _entry(r"/v1/messages", "messages", "anthropic:MessagesReader", provider=ANTHROPIC),
    _entry(r"/publishers/anthropic/models/(?P<model>[^/:]+):(?:rawPredict|streamRawPredict)", "messages", "anthropic:MessagesReader"),
    _entry(r"/v1/complete", "complete", "anthropic:CompletionReader", provider=ANTHROPIC),
    # Google.
    _entry(rf"{_MODEL}:generateContent", "generate_content", "google:GeminiReader", provider=GEMINI),
    _entry(
        rf"{_MODEL}:streamGenerateContent",
        "generate_content",
        "google:GeminiReader",
        is_json_sequence=True,
        provider=GEMINI,
    ),
    _entry(
        rf"{_MODEL}:(?:embedContent|batchEmbedContents|asyncBatchEmbedContent|predict)",
        "embeddings",
        "google:EmbeddingReader",
        Countable.NOTHING,
        provider=GEMINI,
    ),
    _entry(r"/interactions", "interactions", "google:InteractionReader", provider=GEMINI),
    _entry(rf"/interactions/{_ID}", "interactions", "google:InteractionReader", Countable.NOTHING, methods=_GET, provider=GEMINI),
    _entry(r"/cachedContents", "cache", "google:CacheReader", Countable.NOTHING, provider=GEMINI),
    # Others with formats of their own.
    _entry(r"/v1/(?:chat|generate)", "chat", "cohere:CohereReader", is_json_sequence=True, provider="cohere"),
    _entry(r"/v2/chat", "chat", "cohere:CohereReader", provider="cohere"),
    _entry(r"/ml/v1[^/]*/(?:text/)?generation(?:/text)?(?:_stream)?", "completions", "watsonx:WatsonxReader", provider="watsonx"),
    _entry(
        r"(?:/v1)?(?:/(?:models|deployments)/.+)?/predictions",
        "prediction",
        "openai_jobs:PredictionReader",
        Countable.NOTHING,
        provider="replicate",
    ),
    _entry(
        rf"(?:/v1)?/predictions/{_ID}", "prediction", "openai_jobs:PredictionReader", Countable.NOTHING, methods=_GET, provider="replicate"
    ),
)

_BATCH: Final = (
    _entry(r"/batches", "batch", "openai_jobs:BatchReader", Countable.NOTHING),
    _entry(rf"/batches/{_ID}(?:/cancel)?", "batch", "openai_jobs:BatchReader", Countable.NOTHING, methods=_BOTH),
)
_OF_PROVIDER: Final = {
    "cohere": (
        _entry(r"/v[12]/embed", "embeddings", "cohere:CohereInputReader", Countable.NOTHING),
        _entry(r"/v[12]/rerank", "rerank", "cohere:CohereInputReader", Countable.NOTHING),
    ),
    "mistral": (_entry(r"/audio/transcriptions", "transcription", "openai_media:MistralTranscriptionReader", Countable.UNITS),),
    # What the other known hosts call `/batches/ID` has another format.
    OPENAI: _BATCH,
    AZURE: _BATCH,
    "": _BATCH,
}
"""Paths that mean something else at one provider, or something only there; the empty name is a host that is not known."""


@lru_cache(maxsize=ROUTES_KEPT_MAX)
def route_of(method: str, url: str, *, provider: str = "") -> Route | Skipped:
    """Return what a call asks for, or why its answer bears no usage.

    Args:
        method: The HTTP method.
        url: The URL of the call; query and fragment are not looked at.
        provider: The provider's name, where it is known better than by the host.
    """
    try:
        path = urlsplit(url).path.rstrip("/")
    except ValueError:
        return Skipped("the URL cannot be read")
    for pattern, reason in _NOT_USAGE:
        if re.search(pattern, path):
            return Skipped(reason)
    host_provider = provider or provider_of(url, default="")
    for entry in (*_OF_PROVIDER.get(host_provider, ()), *_ENTRIES):
        match = re.search(entry.pattern, path)
        if match is not None and method.upper() in entry.methods:
            return Route(
                provider=host_provider or entry.default_provider,
                operation=entry.operation,
                reader=entry.reader,
                countable=entry.countable,
                base_url=base_url_of(url, path=path[: match.start()]),
                names={name: unquote(value) for name, value in match.groupdict().items() if value},
                is_json_sequence=entry.is_json_sequence,
            )
    return Skipped("this endpoint gives no answer of a model")
