"""Amazon Bedrock: Converse, and InvokeModel, whose body is the format of the model's maker.

Converse reports cache reads and writes beside the input; its total includes them (AWS, "Prompt caching for faster model inference").
InvokeModel says the tokens in the body of some models, and of every model in the metrics of a stream's last chunk or, where AWS sends them,
in headers. Which maker it is stands in the URL.
"""

import re
from base64 import b64decode
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from meterlark.capture.answer import Answer, Call, Reader
from meterlark.capture.dialect.anthropic import MessagesReader
from meterlark.capture.dialect.cohere import CohereReader
from meterlark.capture.dialect.openai_chat import ChatReader
from meterlark.capture.fields import compact, decode, find, get, items, opened, plain, text, whole
from meterlark.capture.usage import Shape

CONVERSE: Final = Shape(
    input=("inputTokens", "inputTokenCount"),
    output=("outputTokens", "outputTokenCount"),
    total=("totalTokens",),
    input_adds=("cache_read_input_tokens", "cache_creation_input_tokens"),
    parts={
        "cache_read_input_tokens": ("cacheReadInputTokens", "cacheReadInputTokenCount"),
        "cache_creation_input_tokens": ("cacheWriteInputTokens", "cacheWriteInputTokenCount"),
    },
)
"""Usage of Converse, of Nova, and of the metrics of an invocation."""

PLAIN_MODEL: Final = Shape(
    input=("prompt_token_count", "inputTextTokenCount"),
    output=("generation_token_count", "tokenCount", "totalOutputTextTokenCount"),
)
"""What Llama and Titan say in the body itself."""

GUARDRAIL: Final = Shape(
    input=(),
    output=(),
    quantities={
        "guardrail_content_units": ("contentPolicyUnits",),
        "guardrail_content_image_units": ("contentPolicyImageUnits",),
        "guardrail_topic_units": ("topicPolicyUnits",),
        "guardrail_word_units": ("wordPolicyUnits",),
        "guardrail_sensitive_information_units": ("sensitiveInformationPolicyUnits",),
        "guardrail_grounding_units": ("contextualGroundingPolicyUnits",),
        "guardrail_automated_reasoning_units": ("automatedReasoningPolicyUnits",),
    },
)
"""What a guardrail that is applied by itself is charged by: units of text and images."""

_METRICS: Final = "amazon-bedrock-invocationMetrics"
_HEADERS: Final = {
    "inputTokenCount": "x-amzn-bedrock-input-token-count",
    "outputTokenCount": "x-amzn-bedrock-output-token-count",
    "cacheReadInputTokenCount": "x-amzn-bedrock-cache-read-input-token-count",
    "cacheWriteInputTokenCount": "x-amzn-bedrock-cache-write-input-token-count",
}
_MAKER: Final = re.compile(r"(?:(?:us|eu|apac|au|jp|ca|global|us-gov)\.)?(?P<maker>[a-z0-9]+)\.(?P<model>[a-z]+(?:-embed)?)")


class ConverseReader(Reader):
    """Reads Converse and its stream."""

    shape = CONVERSE

    def __init__(self, call: Call) -> None:
        super().__init__(call)
        self.model = call.names.get("model", "")

    def add(self, message: object, kind: str = "") -> None:
        """Take the next event; its name is the type of the frame, or in the SDK's events and in Nova's chunks the only member."""
        if not kind and isinstance(message, Mapping) and len(message) == 1 and isinstance(only := next(iter(message.values())), Mapping):
            kind, message = next(iter(message)), only
        pieces = self.choice()
        if kind == "contentBlockStart":
            pieces.add_call(whole(get(message, "contentBlockIndex")), text(message, "start.toolUse.name"), "")
        elif kind == "contentBlockDelta":
            pieces.say(text(message, "delta.text"), text(message, "delta.reasoningContent.text"))
            if arguments := text(message, "delta.toolUse.input"):
                pieces.add_call(whole(get(message, "contentBlockIndex")), "", arguments)
        elif kind == "messageStop":
            pieces.finish_reason = text(message, "stopReason")
        elif kind == "metadata":
            self.has_ended = True
            self.take_usage(get(message, "usage"))
        elif kind.endswith("Exception"):
            self.error = self.error or kind

    def add_body(self, body: object) -> None:
        """Take a whole answer."""
        self.has_ended = True
        self.take_usage(get(body, "usage"))
        pieces = self.choice()
        for position, block in enumerate(items(find(body, "output.message.content"))):
            pieces.say(text(block, "text"), text(block, "reasoningContent.reasoningText.text"))
            if (tool := get(block, "toolUse")) is not None:
                pieces.add_call(position, text(tool, "name"), compact(get(tool, "input")))
        pieces.finish_reason = text(body, "stopReason")

    def is_complete(self) -> bool:
        """Tell whether the end was received; only the metadata follow it."""
        return self.has_ended or bool(self.choice().finish_reason)


class PlainModelReader(Reader):
    """Reads Llama and Titan."""

    shape = PLAIN_MODEL

    def add(self, message: object, kind: str = "") -> None:
        """Take the next chunk, or the whole answer, which looks the same."""
        pieces = self.choice()
        said = opened(message)
        counts = {
            name: said[name] for paths in (self.shape.input, self.shape.output) for name in paths if whole(said.get(name)) is not None
        }
        results = list(items(said.get("results")))
        if written := [count for result in results if (count := whole(get(result, "tokenCount"))) is not None]:
            counts["tokenCount"] = sum(written)
        self.usage = {**(self.usage or {}), **counts} or None
        pieces.say(text(said, "generation"), text(said, "outputText"))
        reason = text(said, "stop_reason") or text(said, "completionReason")
        for result in results:
            pieces.say(text(result, "outputText"))
            reason = reason or text(result, "completionReason")
        pieces.finish_reason = reason or pieces.finish_reason

    def add_body(self, body: object) -> None:
        """Take a whole answer."""
        self.add(body)
        self.has_ended = True

    def is_complete(self) -> bool:
        """Tell whether the answer has said why it ended."""
        return self.has_ended or bool(self.choice().finish_reason)

    is_usage_final = is_complete


class TitanEmbeddingReader(PlainModelReader):
    """Reads embeddings of Titan."""

    shape = Shape(input=("inputTextTokenCount",), output=(), has_output=False)


class GuardrailReader(Reader):
    """Reads the answer of a guardrail."""

    shape = GUARDRAIL

    def add_body(self, body: object) -> None:
        """Take the answer."""
        self.has_ended = True
        self.take_usage(get(body, "usage"))


_MAKERS: Final[Mapping[str, type[Reader]]] = {
    "anthropic": MessagesReader,
    "amazon.nova": ConverseReader,
    "amazon.titan-embed": TitanEmbeddingReader,
    "amazon.titan": PlainModelReader,
    "meta": PlainModelReader,
    "cohere": CohereReader,
}
"""Readers by maker, or by maker and model; the others write OpenAI's format."""


class InvokeReader(Reader):
    """Reads InvokeModel and its stream: in the maker's dialect, else the metrics, else the headers."""

    def __init__(self, call: Call) -> None:
        super().__init__(call)
        model = call.names.get("model", "")
        match = _MAKER.match(model.rpartition("/")[2])
        maker, name = (match["maker"], f"{match['maker']}.{match['model']}") if match else ("", "")
        self._inner = (_MAKERS.get(name) or _MAKERS.get(maker) or ChatReader)(call)
        self._inner.model = model
        self._metrics: Mapping[str, Any] | None = None
        self.shape = self._inner.shape

    def add(self, message: object, kind: str = "") -> None:
        """Take the next chunk: JSON in base64 inside JSON, unless an SDK has opened it."""
        if kind.endswith("Exception"):
            self._inner.error = self._inner.error or kind
            return
        chunk = _opened(message)
        self._metrics = plain(get(chunk, _METRICS)) or self._metrics
        self._inner.add(chunk, kind if kind != "chunk" else "")

    def add_body(self, body: object) -> None:
        """Take a whole answer."""
        self._inner.add_body(body)

    def reported(self) -> Mapping[str, Any] | None:
        """Return the maker's usage, else the metrics, else what the headers say; and read it by the shape that it has."""
        self.shape = self._inner.shape
        reported = self._inner.reported()
        if reported is not None and (self._metrics is None or self._inner.is_usage_final()):
            return reported
        headers = self.call.headers
        counts = {name: int(given) for name, header in _HEADERS.items() if (given := headers.get(header, "")).isascii() and given.isdigit()}
        self.shape = CONVERSE
        return self._metrics or counts or None

    def answer(self) -> Answer:
        """Return what was received so far."""
        answer = msgspec.structs.replace(self._inner.answer(), usage=self.reported())
        return answer if self._metrics is None else msgspec.structs.replace(answer, is_usage_final=True, is_complete=True)


def _opened(message: object) -> object:
    encoded = get(message, "bytes")
    if not isinstance(encoded, str):
        return message
    try:
        return decode(b64decode(encoded))
    except ValueError:
        return message
