"""OpenAI's endpoints that answer with something else than text, and the same ones of compatible servers.

Embeddings, reranking and moderations; images; transcriptions, translations and speech; pages read by OCR. Some report tokens, some seconds,
some nothing; what can be charged and stands in the body or the request (images delivered, characters spoken, inputs moderated) is counted
beside. Size and quality, which decide an image's price, are kept.
"""

from decimal import Decimal
from typing import Final

from meterlark.capture.answer import Call, Reader
from meterlark.capture.dialect.compatible import AUDIO_BESIDE, COMPATIBLE, INPUT_ONLY
from meterlark.capture.fields import get, items, number, text

_DONE: Final = frozenset({"transcript.text.done", "speech.audio.done", "image_generation.completed", "image_edit.completed"})
_PRICE_NAMES: Final = ("size", "quality", "background", "output_format", "resolution")

Quantities = dict[str, int | Decimal]


class MediaReader(Reader):
    """Reads such an answer: the whole one, or the event that ends its stream."""

    shape = COMPATIBLE

    def add(self, message: object, kind: str = "") -> None:
        """Take the next event."""
        kind = text(message, "type") or kind
        self.read_error(message)
        if kind in _DONE:
            self._read(message)
            if kind.startswith("image"):
                self.quantities["output_images"] = int(self.quantities.get("output_images", 0)) + 1
        elif kind == "error":
            self.read_error({"error": message})

    def add_body(self, body: object) -> None:
        """Take a whole answer."""
        self._read(body)
        if not self.error:
            self.quantities.update(self.measure(body))

    def measure(self, body: object) -> Quantities:
        """Return what else can be charged."""
        return {}

    def _read(self, said: object) -> None:
        self.has_ended = True
        self.read_head(said)
        self.read_error(said)
        usage = get(said, "usage")
        self.take_usage(get(said, "usage_info") if usage is None else usage)
        for name in _PRICE_NAMES:
            if found := text(said, name) or text(self.call.request, name):
                self.attributes[name] = found


class EmbeddingsReader(MediaReader):
    """Reads embeddings and reranking."""

    shape = INPUT_ONLY
    unread = frozenset({"data", "results"})


class ImagesReader(MediaReader):
    """Reads images made or edited."""

    def measure(self, body: object) -> Quantities:
        """Count the images delivered."""
        delivered = sum(1 for _ in items(get(body, "data")))
        return {"output_images": delivered} if delivered else {}


class TranscriptionReader(MediaReader):
    """Reads transcriptions and translations of audio, which some models are charged by the second for."""

    def measure(self, body: object) -> Quantities:
        """Read the length of the audio, which `verbose_json` and xAI's `/stt` tell."""
        seconds = number(get(body, "duration"))
        return {} if seconds is None else {"input_audio_seconds": seconds}


class MistralTranscriptionReader(TranscriptionReader):
    """Reads Mistral's transcriptions."""

    shape = AUDIO_BESIDE


class ModerationReader(MediaReader):
    """Reads moderations, which report nothing: the texts looked at are counted."""

    def measure(self, body: object) -> Quantities:
        """Count the inputs."""
        results = sum(1 for _ in items(get(body, "results")))
        return {"inputs": results} if results else {}


class SpeechReader(MediaReader):
    """Reads speech, whose answer is audio: the characters spoken are those of the request."""

    def __init__(self, call: Call) -> None:
        super().__init__(call)
        if spoken := text(call.request, "input") or text(call.request, "text"):
            self.quantities["input_characters"] = len(spoken)
            # All of the text is charged, whether or not the caller listens to the end.
            self.has_ended = True
