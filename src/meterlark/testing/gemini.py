"""A turn in the wire format of Google's POST /v1beta/models/MODEL:generateContent and :streamGenerateContent.

Source: recorded Gemini exchanges of 2025-2026 and the types of `google-genai` 3.6.
`candidatesTokenCount` leaves thoughts out. Every chunk of a stream carries `usageMetadata`, cumulative; lines end with CR LF, and there is
no `[DONE]`. JSON made from protocol buffers leaves zeros out.
"""

from typing import Any

import msgspec

from meterlark.model.errors import InvalidInputError
from meterlark.testing.turn import Turn, Usage, alphanumeric_id
from meterlark.testing.turn import accepted as turn_accepted


def accepted(body: object, *, model: str, is_stream: bool) -> dict[str, Any]:
    """Return a request body that can be answered, with what the URL says of it.

    Raises:
        InvalidInputError: Google would refuse it too; the message names the field.
    """
    contents = body.get("contents") if isinstance(body, dict) else None
    if not (isinstance(body, dict) and isinstance(contents, list) and contents):
        raise InvalidInputError("* GenerateContentRequest.contents: contents is not specified", field="contents")
    return turn_accepted(body | {"model": model, "stream": is_stream})


def body(turn: Turn) -> bytes:
    """Return the blocking answer."""
    return msgspec.json.encode(_answer(turn, alphanumeric_id("", 22), [_part(turn)], said=len(turn.chunks), is_end=True))


def events(turn: Turn) -> tuple[bytes, ...]:
    """Return the stream's events: one a piece of the text, the last with its end; a function call comes in one piece."""
    identity = alphanumeric_id("", 22)
    parts = [{"text": chunk} for chunk in turn.chunks or ("",)] if turn.tool_call is None else [_part(turn)]
    said = [len(turn.chunks)] if turn.tool_call is not None else range(1, len(parts) + 1)
    answers = (_answer(turn, identity, [part], said=number, is_end=part is parts[-1]) for part, number in zip(parts, said, strict=True))
    return tuple(b"data: " + msgspec.json.encode(answer) + b"\r\n\r\n" for answer in answers)


def _part(turn: Turn) -> dict[str, Any]:
    if turn.tool_call is None:
        return {"text": turn.text}
    return {"functionCall": {"name": turn.tool_call.name, "args": msgspec.json.decode(turn.text)}}


def _answer(turn: Turn, identity: str, parts: list[dict[str, Any]], *, said: int, is_end: bool) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"parts": parts, "role": "model"}, "index": 0}
    answer: dict[str, Any] = {"candidates": [candidate | ({"finishReason": "STOP"} if is_end else {})]}
    if turn.usage is not None:
        answer["usageMetadata"] = _usage(turn.usage, said=said, of=max(1, len(turn.chunks)), is_end=is_end)
    return answer | {"modelVersion": turn.model, "responseId": identity}


def _usage(usage: Usage, *, said: int, of: int, is_end: bool) -> dict[str, Any]:
    """Return the usage after so many of the pieces: thoughts come before the first, the answer's tokens are shared out evenly."""
    answered = usage.completion - usage.reasoning
    candidates = answered if is_end else answered * said // of
    numbers = {
        "promptTokenCount": usage.prompt,
        "candidatesTokenCount": candidates,
        "totalTokenCount": usage.prompt + candidates + usage.reasoning,
        "cachedContentTokenCount": usage.cached,
        "thoughtsTokenCount": usage.reasoning,
    }
    return {name: number for name, number in numbers.items() if number} | {
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": usage.prompt}]
    }
