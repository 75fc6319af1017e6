"""OpenAI's Agents SDK: a tracing processor.

    from agents import add_trace_processor

    add_trace_processor(MeterlarkProcessor(meter))
    await Runner.run(agent, "Hi", run_config=RunConfig(trace_metadata={"customer": "acme"}))

Spans of the Responses API hold the provider's answer. Those of chat completions hold its usage; a stream's is there with
`ModelSettings(include_usage=True)`, and is counted without. Spans that sum up what others hold (turns, agents, tasks) are left alone.
"""

from typing import Any

from agents.tracing import GenerationSpanData, ResponseSpanData, TracingProcessor

from meterlark.capture.fields import find, get, items, plain
from meterlark.integrations.calls import Call, Calls, chat_completion, customer_in, guarded, tool_call
from meterlark.sdk.meter import OPENAI_URL, Meter


class MeterlarkProcessor(TracingProcessor):  # type: ignore[misc] # not installed where types are checked
    """Meters every call of a model that it hears of.

    Args:
        meter: Takes the events.
        base_url: Where calls of the Responses API go; the spans of chat completions say it.
    """

    def __init__(self, meter: Meter, *, base_url: str = OPENAI_URL) -> None:
        self.meter = meter
        self._base_url = base_url
        self._traces = Calls(meter)
        self._spans = Calls(meter)

    @guarded
    def on_trace_start(self, trace: Any) -> None:
        """Remember whom a trace names."""
        self._traces.begin(trace.trace_id, {}, customer_in(getattr(trace, "metadata", None)))

    @guarded
    def on_trace_end(self, trace: Any) -> None:
        """Forget it."""
        self._traces.end(trace.trace_id)

    @guarded
    def on_span_start(self, span: Any) -> None:
        """Remember a call."""
        if isinstance(span.span_data, GenerationSpanData | ResponseSpanData):
            trace = self._traces.get(span.trace_id)
            self._spans.begin(span.span_id, {}, "" if trace is None else trace.customer)

    @guarded
    def on_span_end(self, span: Any) -> None:
        """Meter a call that has ended."""
        call = self._spans.end(span.span_id)
        if call is None:
            return
        data = span.span_data
        if isinstance(data, ResponseSpanData):
            if data.response is not None:
                request = {"model": get(data.response, "model"), "input": data.input}
                self.meter.record(data.response, customer=call.customer, request=request, base_url=self._base_url)
        elif data.output:
            self._record_chat(call, span.span_id, data)

    def shutdown(self) -> None:
        """Deliver what waits."""
        self.meter.flush()

    def force_flush(self) -> None:
        """Deliver what waits."""
        self.meter.flush()

    def _record_chat(self, call: Call, span_id: str, data: Any) -> None:
        output = list(items(data.output))
        text, calls, response_id = "", [], None
        for message in _messages(output):
            content = get(message, "content")
            text += content if isinstance(content, str) else "".join(str(get(part, "text") or "") for part in items(content))
            calls += [tool_call(find(one, "function.name"), find(one, "function.arguments")) for one in items(get(message, "tool_calls"))]
            if get(message, "type") == "function_call":
                calls.append(tool_call(get(message, "name"), get(message, "arguments")))
            response_id = response_id or find(message, "provider_data.response_id")
        answer = chat_completion(
            response_id=response_id or span_id, model=data.model, text=text, tool_calls=calls, usage=_usage_of(data.usage)
        )
        request = {"model": data.model, "messages": list(data.input or ())}
        self.meter.record(answer, customer=call.customer, request=request, base_url=get(data.model_config, "base_url") or self._base_url)


def _messages(output: list[Any]) -> list[Any]:
    """Return what the model said: a streamed answer of chat completions is told as one of the Responses API."""
    return [item for one in output for item in (items(get(one, "output")) if get(one, "object") == "response" else [one])]


def _usage_of(usage: Any) -> dict[str, Any] | None:
    """Return the usage as chat completions have it; without one the SDK tells zeros, and no call has no input."""
    told = plain(usage) or {}
    if not told.get("input_tokens"):
        return None
    return {
        "prompt_tokens": told["input_tokens"],
        "completion_tokens": told.get("output_tokens"),
        "total_tokens": told.get("total_tokens"),
        "prompt_tokens_details": told.get("input_tokens_details"),
        "completion_tokens_details": told.get("output_tokens_details"),
    }
