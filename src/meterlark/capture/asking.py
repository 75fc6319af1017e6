"""Ask a chat stream for its usage where the caller did not, and keep the extra chunk from him.

OpenAI's chat and completions streams report usage only to those who set `stream_options.include_usage`, in one chunk that has no choices
(OpenAI's API reference, "Create chat completion", 2026-11); the chunks before it say `"usage":null`. Programs read `chunk.choices[0]`, so
whoever asks in another's name must hide that chunk, and the nulls are taken out with it: what is left is the stream that OpenAI sends
unasked. Everything else of the request keeps its bytes, and everything else of the stream passes as it came.
"""

import re
from typing import Any, Final

import msgspec

from meterlark.capture.route import Route
from meterlark.capture.sse import SseParser

_ASKED_READER: Final = "openai_chat:ChatReader"
"""What reads the format that has `stream_options`."""

_UNASKED: Final = frozenset({"mistral", "deepseek", "groq", "openrouter"})
"""Providers that report the usage of every stream, seen in recorded exchanges; Mistral refuses names that it does not know."""

USAGE_EVENT_BYTES_MAX: Final = 64 * 1024
"""Bytes of an unfinished event that are held back. The largest recorded usage chunk has 1.3 KB; what is longer cannot be one, and
shows its null if that is cut in two."""

_EVENT_END: Final = re.compile(rb"\r?\n\r?\n|\r\r")
_EMPTY_CHOICES: Final = re.compile(rb'"choices"\s*:\s*\[\s*\]')
_NULL_USAGE: Final = re.compile(rb',\s*"usage"\s*:\s*null')
"""In any object but as its first member, which it is nowhere in the recorded exchanges. Nothing within a string looks like it: quotes are
escaped there."""


class _Asked(msgspec.Struct):
    stream: Any = None
    stream_options: Any = None


_asked: Final = msgspec.json.Decoder(_Asked)
_members: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_encode: Final = msgspec.json.Encoder().encode


def needs_asking(route: Route) -> bool:
    """Tell whether a stream of this route reports usage only if asked to."""
    return route.reader == _ASKED_READER and route.provider not in _UNASKED


def asking_usage(content: bytes) -> bytes:
    """Return the body of a request with usage asked for.

    Args:
        content: The body. It is returned itself if there is nothing to ask: it is no JSON, no stream is wanted, or it asks already.
    """
    if b'"stream"' not in content:
        return content
    try:
        asked = _asked.decode(content)
        if asked.stream is not True or (isinstance(asked.stream_options, dict) and asked.stream_options.get("include_usage")):
            return content
        options = asked.stream_options if isinstance(asked.stream_options, dict) else {}
        members = _members.decode(content)
        return _encode({**members, "stream_options": {**options, "include_usage": True}})
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # The provider will say what is wrong with it.
        return content


class UsageFilter:
    """Takes usage that was asked for in another's name out of the bytes of a stream, in any split.

    State: the bytes of the event that is not finished. Whole events pass at once; an unfinished one waits for its end, because a reader of
    server-sent events can do nothing with it before.
    """

    def __init__(self) -> None:
        self._held = b""

    def feed(self, piece: bytes) -> bytes:
        """Take the next bytes; return what the caller may see."""
        if not self._held and piece.endswith(b"\n\n"):
            # As OpenAI writes it, which is nearly every piece there is.
            shown_piece = piece.replace(b',"usage":null', b"")
            if b'"usage"' not in shown_piece:
                return shown_piece
        data = self._held + piece
        start = 0
        shown: list[bytes] = []
        for end in _EVENT_END.finditer(data):
            event = data[start : end.end()]
            start = end.end()
            if not is_usage_alone(event):
                shown.append(_NULL_USAGE.sub(b"", event))
        self._held = data[start:]
        if len(self._held) > USAGE_EVENT_BYTES_MAX:
            shown.append(self._held)
            self._held = b""
        return b"".join(shown)

    def close(self) -> bytes:
        """Return what the end of the stream left unfinished."""
        held = self.release()
        return b"" if is_usage_alone(held) else _NULL_USAGE.sub(b"", held)

    def release(self) -> bytes:
        """Return what is held back, whatever it is; for whoever gives up filtering."""
        held, self._held = self._held, b""
        return held


def is_usage_alone(event: bytes) -> bool:
    """Tell whether a server-sent event, as bytes, is a chunk that carries usage and no choice."""
    if _EMPTY_CHOICES.search(event) is None:
        return False
    parser = SseParser()
    found = [*parser.feed(event), *parser.close()]
    try:
        chunk = msgspec.json.decode(found[0].data) if len(found) == 1 else None
    except (msgspec.DecodeError, RecursionError):
        return False
    return isinstance(chunk, dict) and chunk.get("usage") is not None and chunk.get("choices") == []
