"""What recorded exchanges say, read without Meterlark's own capture, so that the rates of counting stand on their own."""

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from meterlark.tokens.chat import Choice, ToolCall

Record = dict[str, Any]

FILES = ("openai.jsonl.gz", "azure.jsonl.gz", "other.jsonl.gz")
PROVIDERS = ("openai", "azure", "github-models")


def find_recordings() -> Path | None:
    """Return the folder of the recorded exchanges, None if it is not there."""
    folder = Path(os.environ.get("METERLARK_DATA") or Path(__file__).parents[2] / "shared" / "data" / "exchanges")
    return folder if all((folder / name).exists() for name in FILES) else None


def read_records(folder: Path) -> Iterator[Record]:
    """Yield every successful exchange with OpenAI, Azure or GitHub Models that reports usage."""
    for name in FILES:
        with gzip.open(folder / name, "rt", encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                is_good = 200 <= record["status"] < 300 and record.get("usage") and isinstance(record.get("request"), dict)
                if is_good and record["provider"] in PROVIDERS:
                    yield record


def choices_of(record: Record) -> list[Choice]:
    """Return what the answer of an exchange said; a stream is put together."""
    if record["endpoint"] == "completions":
        return [Choice(choice["text"], finish_reason=choice["finish_reason"]) for choice in record["response"]["choices"]]
    is_chat = record["endpoint"] == "chat/completions"
    if (body := record.get("response")) is not None:
        return _chat_body(body) if is_chat else _responses_body(body)
    events = record.get("response_events") or list(_events(record["response_sse"]))
    if is_chat:
        return _chat_stream(events)
    ends = [event["response"] for event in events if event.get("type") in ("response.completed", "response.incomplete", "response.failed")]
    return _responses_body(ends[-1])


def _events(text: str) -> Iterator[Any]:
    for line in text.splitlines():
        data = line.removeprefix("data:").strip()
        if line.startswith("data:") and data != "[DONE]":
            yield json.loads(data)


def _chat_body(body: Any) -> list[Choice]:
    return [_chat_choice(choice["message"], choice.get("finish_reason")) for choice in body["choices"]]


def _chat_choice(message: Any, finish_reason: str | None) -> Choice:
    functions = [call["function"] for call in message.get("tool_calls") or ()]
    functions += [message["function_call"]] if message.get("function_call") else []
    calls = tuple(ToolCall(function["name"], function["arguments"]) for function in functions)
    return Choice(message.get("content") or "", message.get("refusal") or "", calls, finish_reason)


def _chat_stream(events: list[Any]) -> list[Choice]:
    messages: dict[int, Any] = {}
    reasons: dict[int, str] = {}
    for choice in (choice for event in events for choice in event.get("choices") or ()):
        delta, index = choice.get("delta") or {}, choice["index"]
        message = messages.setdefault(index, {"content": "", "refusal": "", "calls": {}})
        message["content"] += delta.get("content") or ""
        message["refusal"] += delta.get("refusal") or ""
        pieces = [(call.get("index"), call["function"]) for call in delta.get("tool_calls") or ()]
        pieces += [(None, delta["function_call"])] if delta.get("function_call") else []
        for key, function in pieces:
            call = message["calls"].setdefault(key, {"name": "", "arguments": ""})
            call["name"] += function.get("name") or ""
            call["arguments"] += function.get("arguments") or ""
        if choice.get("finish_reason"):
            reasons[index] = choice["finish_reason"]
    return [
        _chat_choice({**message, "tool_calls": [{"function": call} for call in message["calls"].values()]}, reasons.get(index))
        for index, message in messages.items()
    ]


def _responses_body(body: Any) -> list[Choice]:
    texts, refusals, calls = [], [], []
    for item in body["output"]:
        if item["type"] == "function_call":
            calls.append(ToolCall(item["name"], item["arguments"]))
        for part in item.get("content") or () if item["type"] == "message" else ():
            texts.append(part.get("text") or "")
            refusals.append(part.get("refusal") or "")
    reason = {"completed": "stop", "incomplete": "incomplete"}.get(body["status"])
    return [Choice("".join(texts), "".join(refusals), tuple(calls), reason)]
