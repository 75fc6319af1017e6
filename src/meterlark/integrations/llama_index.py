"""LlamaIndex: an event handler.

    from llama_index.core.instrumentation import get_dispatcher

    get_dispatcher().add_event_handler(MeterlarkHandler(meter))

LlamaIndex passes the provider's own answers and chunks on, so what they report is exact. It asks no stream for usage; without
`additional_kwargs={"stream_options": {"include_usage": True}}` the tokens of a stream are counted. The customer is the one of the
`with meter.customer(...)` block around a call.
"""

from typing import Any, Final

from llama_index.core.instrumentation.event_handlers import BaseEventHandler
from llama_index.core.instrumentation.events.exception import ExceptionEvent
from llama_index.core.instrumentation.events.llm import (
    LLMChatEndEvent,
    LLMChatInProgressEvent,
    LLMChatStartEvent,
    LLMCompletionEndEvent,
    LLMCompletionInProgressEvent,
    LLMCompletionStartEvent,
)
from pydantic import PrivateAttr

from meterlark.capture.fields import get, plain
from meterlark.integrations.calls import Calls, chat_completion, guarded
from meterlark.sdk.meter import OPENAI_URL, Meter

_REQUESTED: Final = frozenset({"tools", "tool_choice", "response_format", "user", "service_tier"})
"""What of a request is told beside its messages."""


class MeterlarkHandler(BaseEventHandler):  # type: ignore[misc] # not installed where types are checked
    """Meters every call of a model that it hears of.

    Args:
        meter: Takes the events.
        base_url: Where the calls go; LlamaIndex does not say.
        provider: Name of the provider; else found by the base URL.
    """

    _meter: Meter = PrivateAttr()
    _calls: Calls = PrivateAttr()
    _where: dict[str, str] = PrivateAttr()

    def __init__(self, meter: Meter, *, base_url: str = OPENAI_URL, provider: str = "") -> None:
        super().__init__()
        self._meter = meter
        self._calls = Calls(meter)
        self._where = {"base_url": base_url, "provider": provider}

    @property
    def meter(self) -> Meter:
        """What takes the events."""
        return self._meter

    @classmethod
    def class_name(cls) -> str:
        """Return the name that LlamaIndex knows it by."""
        return "MeterlarkHandler"

    @guarded
    def handle(self, event: Any, **_: Any) -> None:
        """Take an event; those that tell of no call are none of ours."""
        match event:
            case LLMChatStartEvent():
                messages = [{"role": _word(message.role), "content": message.content or ""} for message in event.messages]
                self._begin(event, {"messages": messages})
            case LLMCompletionStartEvent():
                self._begin(event, {"messages": [{"role": "user", "content": event.prompt}]})
            case LLMChatInProgressEvent() | LLMCompletionInProgressEvent():
                if (call := self._calls.get(event.span_id)) is not None and event.response.raw is not None:
                    call.chunks.append(event.response.raw)
            case LLMChatEndEvent() | LLMCompletionEndEvent():
                self._end(event.span_id, event.response)
            case ExceptionEvent():
                self._end(event.span_id, None)

    def _begin(self, event: Any, request: dict[str, Any]) -> None:
        more = {name: value for name, value in event.additional_kwargs.items() if name in _REQUESTED}
        self._calls.begin(event.span_id, {"model": event.model_dict.get("model") or event.model_dict.get("model_name"), **more, **request})

    def _end(self, key: str | None, response: Any) -> None:
        call = self._calls.end(key)
        if call is None:
            return
        if call.chunks:
            self._meter.record_stream(call.chunks, customer=call.customer, request=call.told, **self._where)
        elif response is not None:
            answer = plain(response.raw) or _told(response, call.told)
            self._meter.record(answer, customer=call.customer, request=call.told, **self._where)


def _told(response: Any, request: Any) -> dict[str, Any]:
    """Return an answer of which LlamaIndex keeps the text alone."""
    text = get(response, "text") or getattr(get(response, "message"), "content", None) or ""
    return chat_completion(response_id=None, model=request["model"], text=text, tool_calls=[], usage=None)


def _word(role: Any) -> str:
    return str(getattr(role, "value", role))
