"""LiteLLM: a custom logger.

    litellm.callbacks = [MeterlarkLogger(meter)]
    litellm.completion(model="openai/gpt-4o-mini", messages=[...], user="acme")

Of a stream that was not asked for usage LiteLLM makes up a number that looks like the provider's; that one is left out, and the tokens are
counted and marked so. Of a stream that is given up LiteLLM tells its loggers nothing: where that matters, give it a metered client
(`litellm.completion(..., client=meter.wrap(OpenAI()))`) instead of this logger.
"""

from collections.abc import Mapping
from typing import Any

from litellm.integrations.custom_logger import CustomLogger

from meterlark.capture.fields import find, get, plain
from meterlark.integrations.calls import Calls, customer_in, guarded, provider_and_url
from meterlark.sdk.meter import Meter


class MeterlarkLogger(CustomLogger):  # type: ignore[misc] # not installed where types are checked
    """Meters every call that goes well.

    Args:
        meter: Takes the events.
    """

    def __init__(self, meter: Meter) -> None:
        super().__init__()
        self.meter = meter
        self._calls = Calls(meter)

    @guarded
    def log_pre_api_call(self, model: str, messages: Any, kwargs: Mapping[str, Any]) -> None:
        """Remember who is named around a call; the others run in threads and tasks of LiteLLM's."""
        self._calls.begin(kwargs.get("litellm_call_id"), {})

    def log_success_event(self, kwargs: Mapping[str, Any], response_obj: Any, start_time: Any, end_time: Any) -> None:
        """Meter a blocking function's call."""
        if not any(find(kwargs, f"litellm_params.{name}") for name in ("acompletion", "aembedding", "aresponses")):
            self._record(kwargs, response_obj)

    async def async_log_success_event(self, kwargs: Mapping[str, Any], response_obj: Any, start_time: Any, end_time: Any) -> None:
        """Meter an asynchronous function's call."""
        self._record(kwargs, response_obj)

    @guarded
    def log_failure_event(self, kwargs: Mapping[str, Any], response_obj: Any, start_time: Any, end_time: Any) -> None:
        """Forget a call that failed."""
        self._calls.end(kwargs.get("litellm_call_id"))

    @guarded
    def _record(self, kwargs: Mapping[str, Any], response: Any) -> None:
        call = self._calls.end(kwargs.get("litellm_call_id"))
        answer = dict(plain(get(response, "response") or response) or {})
        # It is LiteLLM's price, not the provider's; as a number of a call it would be taken for that.
        usage = {name: value for name, value in (plain(answer.get("usage")) or {}).items() if name != "cost"}
        asked = find(kwargs, "optional_params.stream_options.include_usage")
        is_told = asked or not kwargs.get("stream") or answer.get("object") == "response"
        answer["usage"] = usage if is_told and usage else None
        metadata = find(kwargs, "litellm_params.metadata")
        named = customer_in(metadata) or get(metadata, "user_api_key_end_user_id") or kwargs.get("user")
        customer = (call.customer if call is not None else "") or (named if isinstance(named, str) else "")
        provider, base_url = provider_and_url(kwargs.get("custom_llm_provider"), find(kwargs, "litellm_params.api_base"))
        request = {"model": kwargs.get("model"), **(kwargs.get("optional_params") or {}), "messages": kwargs.get("messages")}
        self.meter.record(answer, customer=customer, request=request, provider=provider, base_url=base_url)
