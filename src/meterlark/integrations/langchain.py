"""LangChain: a callback handler.

    model = ChatOpenAI(model="gpt-4o-mini", callbacks=[MeterlarkHandler(meter)])
    model.invoke("Hi", config={"metadata": {"customer": "acme"}})

It sees a call's usage as LangChain passes it on, blocking and streamed. Where none is passed on (a stream that was not asked for usage, or
was given up) the tokens of the messages are counted. Chat models only: LangChain tells of no messages elsewhere.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import convert_to_openai_messages

from meterlark.integrations.calls import Call, Calls, chat_completion, customer_in, guarded, provider_and_url, tool_call
from meterlark.sdk.meter import Meter

_NOT_SENT: Final = frozenset({"_type", "model_name", "stop", "stream", "stream_usage"})
"""Names of LangChain's own among the parameters of a call, or ones that add no tokens."""

_PARTS: Final = (
    ("prompt", "cache_read", "cached_tokens"),
    ("prompt", "cache_creation", "cache_write_tokens"),
    ("completion", "reasoning", "reasoning_tokens"),
)
"""Whole, the end of LangChain's name of a part (a service tier may stand before it), OpenAI's name."""


class MeterlarkHandler(BaseCallbackHandler):  # type: ignore[misc] # not installed where types are checked
    """Meters every call of a chat model that it hears of.

    Args:
        meter: Takes the events.
        base_url: Where the calls go, if LangChain does not say.
    """

    def __init__(self, meter: Meter, *, base_url: str = "") -> None:
        super().__init__()
        self.meter = meter
        self._base_url = base_url
        self._calls = Calls(meter)

    @guarded
    def on_chat_model_start(
        self,
        serialized: Mapping[str, Any] | None,
        messages: Sequence[Sequence[Any]],
        *,
        run_id: UUID,
        metadata: Mapping[str, Any] | None = None,
        invocation_params: Mapping[str, Any] | None = None,
        **_: Any,
    ) -> None:
        """Remember a call."""
        said = (serialized or {}).get("kwargs") or {}
        told = {
            "messages": messages[0],
            "parameters": invocation_params or {},
            "provider": (metadata or {}).get("ls_provider"),
            "base_url": said.get("openai_api_base") or said.get("base_url") or self._base_url,
        }
        self._calls.begin(run_id, told, customer_in(metadata))

    @guarded
    def on_llm_end(self, response: Any, *, run_id: UUID, **_: Any) -> None:
        """Meter a call that has ended."""
        call = self._calls.end(run_id)
        if call is not None and response.generations and response.generations[0]:
            self._record(call, run_id, response.generations[0][0].message, is_complete=True)

    @guarded
    def on_llm_error(self, error: BaseException, *, run_id: UUID, response: Any = None, **_: Any) -> None:
        """Meter what came of a stream that was given up or cut."""
        call = self._calls.end(run_id)
        generations = getattr(response, "generations", None)
        if call is not None and generations and generations[0]:
            self._record(call, run_id, generations[0][0].message, is_complete=False)

    def _record(self, call: Call, run_id: UUID, message: Any, *, is_complete: bool) -> None:
        said = message.response_metadata or {}
        provider, base_url = provider_and_url(call.told["provider"], call.told["base_url"])
        parameters = {name: value for name, value in call.told["parameters"].items() if name not in _NOT_SENT}
        usage = _usage_of(message)
        # Reading the messages is only needed to count them.
        request = parameters | ({} if usage else {"messages": convert_to_openai_messages(list(call.told["messages"]))})
        answer = chat_completion(
            response_id=said.get("id") or message.id or f"run:{run_id}",
            model=said.get("model_name") or said.get("model") or parameters.get("model"),
            # A method in older versions, and a text of a type of its own in newer ones.
            text=str(message.text if isinstance(message.text, str) else message.text()),
            tool_calls=[tool_call(one["name"], one["args"]) for one in message.tool_calls],
            usage=usage,
            finish_reason=str(said.get("finish_reason") or said.get("stop_reason") or "stop") if is_complete else "",
            service_tier=said.get("service_tier"),
        )
        if is_complete:
            self.meter.record(answer, customer=call.customer, request=request, provider=provider, base_url=base_url)
        else:
            self.meter.record_stream([answer], customer=call.customer, request=request, provider=provider, base_url=base_url)


def _usage_of(message: Any) -> dict[str, Any] | None:
    """Return the usage as chat completions have it: the provider's own where it is passed on, else from LangChain's names."""
    own = (message.response_metadata or {}).get("token_usage")
    if isinstance(own, dict) and own.get("prompt_tokens") is not None:
        return own
    told = message.usage_metadata
    if not told:
        return None
    usage: dict[str, Any] = {
        "prompt_tokens": told["input_tokens"],
        "completion_tokens": told["output_tokens"],
        "total_tokens": told["total_tokens"],
    }
    details = {"prompt": told.get("input_token_details") or {}, "completion": told.get("output_token_details") or {}}
    for whole, end, name in _PARTS:
        found = [count for part, count in details[whole].items() if part == end or part.endswith(f"_{end}")]
        if found:
            usage.setdefault(f"{whole}_tokens_details", {})[name] = sum(found)
    return usage
