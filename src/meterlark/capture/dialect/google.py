"""Google's Gemini API and Vertex AI: generateContent and its stream, embeddings, interactions, context caches.

`usageMetadata` comes with every chunk of a stream and is cumulative: the last counts, and of a cut stream it is the usage up to there.
`thoughtsTokenCount` and `toolUsePromptTokenCount` stand beside the candidates and the prompt; the algebra adds them (total = prompt + tool
use + candidates + thoughts in 2,035 of 2,038 recorded ones, reference llm-usage.md section 1.2). `cachedContentTokenCount` is inside the
prompt. JSON made from protocol buffers leaves zeros out.
"""

from typing import Final

from meterlark.capture.answer import Reader, moment
from meterlark.capture.fields import compact, find, get, items, opened, plain, text, whole
from meterlark.capture.usage import Shape, Sum

_MODALITIES: Final = ("text", "image", "audio", "video", "document")


def _by_modality(prefix: str, group: str) -> dict[str, tuple[str, ...]]:
    return {f"{prefix}_{modality}_tokens": (f"{group}.{modality}",) for modality in _MODALITIES}


GEMINI: Final = Shape(
    input=("promptTokenCount",),
    output=("candidatesTokenCount", "responseTokenCount"),  # the latter is the Live API's
    total=("totalTokenCount",),
    input_adds=("input_tool_tokens",),
    output_adds=("reasoning_output_tokens",),
    parts={
        "cache_read_input_tokens": ("cachedContentTokenCount",),
        "input_tool_tokens": ("toolUsePromptTokenCount",),
        "reasoning_output_tokens": ("thoughtsTokenCount",),
        **{f"cache_read_{modality}_input_tokens": (f"cacheTokensDetails.{modality}",) for modality in _MODALITIES},
        **_by_modality("input", "promptTokensDetails"),
        **_by_modality("output", "candidatesTokensDetails"),
    },
    sums=(
        Sum(tuple(f"cache_read_{modality}_input_tokens" for modality in _MODALITIES), "cache_read_input_tokens"),
        Sum(tuple(_by_modality("input", "")), "input_tokens", less=("input_tool_tokens",)),
        Sum(tuple(_by_modality("output", "")), "output_tokens", less=("reasoning_output_tokens",)),
    ),
    lists=("promptTokensDetails", "candidatesTokensDetails", "cacheTokensDetails"),
    omits_zero=True,
)
"""Usage of generateContent."""

INTERACTION: Final = Shape(
    input=("total_input_tokens",),
    output=("total_output_tokens",),
    total=("total_tokens",),
    input_adds=("input_tool_tokens",),
    output_adds=("reasoning_output_tokens",),
    parts={
        "cache_read_input_tokens": ("total_cached_tokens",),
        "input_tool_tokens": ("total_tool_use_tokens",),
        "reasoning_output_tokens": ("total_thought_tokens",),
        **_by_modality("input", "input_tokens_by_modality"),
        **_by_modality("output", "output_tokens_by_modality"),
    },
    sums=(Sum(tuple(_by_modality("input", "")), "input_tokens", less=("input_tool_tokens",)),),
    lists=("input_tokens_by_modality", "output_tokens_by_modality"),
)
"""Usage of an interaction."""

EMBEDDING: Final = Shape(
    input=("promptTokenCount", "tokenCount"),
    output=(),
    quantities={"input_characters": ("billableCharacterCount",)},
    has_output=False,
)
"""Usage of embeddings: Gemini's `usageMetadata`, and what Vertex AI says of each text, summed."""

CACHE: Final = Shape(
    input=("totalTokenCount",), output=(), parts={"cache_creation_input_tokens": ("totalTokenCount",)}, has_output=False, omits_zero=True
)
"""Usage of a new context cache: everything in it is written."""


class GeminiReader(Reader):
    """Reads generateContent and streamGenerateContent."""

    shape = GEMINI

    def add(self, message: object, kind: str = "") -> None:
        """Take the next chunk, or the whole answer, which looks the same."""
        said = opened(message)
        self.response_id = self.response_id or text(said, "responseId")
        self.model = self.model or text(said, "modelVersion")
        self.created = self.created or moment(said.get("createTime"))
        self.read_error(said)
        if (usage := plain(said.get("usageMetadata"))) is not None:
            self.usage = usage
            self.service_tier = text(usage, "serviceTier") or self.service_tier
        for candidate in items(said.get("candidates")):
            self._read_candidate(candidate)
        # A prompt that is blocked has no candidates, and nothing follows.
        self.has_ended = self.has_ended or get(said, "promptFeedback") is not None

    def add_body(self, body: object) -> None:
        """Take a whole answer."""
        self.add(body)
        self.has_ended = True

    def is_complete(self) -> bool:
        """Tell whether every candidate has said why it ended."""
        return self.has_ended or (bool(self.pieces) and all(pieces.finish_reason is not None for pieces in self.pieces.values()))

    def is_usage_final(self) -> bool:
        """Tell whether the answer has ended; before, the counts are of what was sent so far."""
        return self.is_complete()

    def _read_candidate(self, candidate: object) -> None:
        pieces = self.choice(whole(get(candidate, "index")) or 0)
        for part in items(find(candidate, "content.parts")):
            pieces.say(text(part, "text"))
            if (call := get(part, "functionCall")) is not None:
                pieces.add_call(len(pieces.calls), text(call, "name"), compact(get(call, "args")))
        pieces.finish_reason = text(candidate, "finishReason") or pieces.finish_reason


class InteractionReader(Reader):
    """Reads `/interactions`, whole or streamed; the usage is in the event that completes it."""

    shape = INTERACTION

    def add(self, message: object, kind: str = "") -> None:
        """Take the next event."""
        kind = text(message, "event_type") or kind
        if (interaction := get(message, "interaction")) is not None:
            self._read(interaction)
        self.choice().say(text(message, "delta.text"))
        self.has_ended = self.has_ended or kind in ("interaction.complete", "interaction.completed")
        if kind == "error":
            self.read_error(message)

    def add_body(self, body: object) -> None:
        """Take a whole interaction."""
        self._read(body)
        self.read_error(body)
        for output in items(get(body, "outputs")):
            self.choice().say(text(output, "text"))
        self.has_ended = not self.is_pending

    def _read(self, interaction: object) -> None:
        self.read_head(interaction)
        self.take_usage(get(interaction, "usage"))
        self.is_pending = text(interaction, "status") == "in_progress"


class EmbeddingReader(Reader):
    """Reads embedContent and batchEmbedContents, and Vertex AI's predict for embedding models."""

    shape = EMBEDDING
    unread = frozenset({"embedding", "embeddings"})

    def add(self, message: object, kind: str = "") -> None:
        """Take the answer; it is never streamed."""
        self.add_body(message)

    def add_body(self, body: object) -> None:
        """Take the answer."""
        self.has_ended = True
        said = opened(body)
        self.read_error(said)
        usage = dict(plain(said.get("usageMetadata")) or plain(said.get("metadata")) or {})
        counts = [whole(find(prediction, "embeddings.statistics.token_count")) for prediction in items(said.get("predictions"))]
        if known := [count for count in counts if count is not None]:
            usage["tokenCount"] = sum(known)
        self.usage = usage or None


class CacheReader(Reader):
    """Reads the answer that a new context cache was made; its id is the cache's name."""

    shape = CACHE

    def add(self, message: object, kind: str = "") -> None:
        """Take the answer; it is never streamed."""
        self.add_body(message)

    def add_body(self, body: object) -> None:
        """Take the answer."""
        self.has_ended = True
        said = opened(body)
        self.read_error(said)
        self.response_id = text(said, "name")
        self.model = text(said, "model").removeprefix("models/")
        self.created = moment(said.get("createTime"))
        self.take_usage(said.get("usageMetadata"))
