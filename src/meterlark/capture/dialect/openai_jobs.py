"""Work that goes on after the answer: OpenAI's batches, videos and Assistants runs, and Replicate's predictions.

Such an object is created, asked for again and again, and has its usage when its status is terminal; before, it is pending, and metering it
would freeze an unfinished number under its id. Its id does not change, so that reading it twice is one event.

* A batch is metered as a whole, from the batch object. The lines of its output file are the same usage once more, so that they are read
  only when asked for (`meter.record_batch`), instead of the batch and never beside it.
* A run is metered, its steps are not: the run's usage is their sum.
* A video is charged by the second.
"""

from typing import Final

from meterlark.capture.answer import Reader
from meterlark.capture.dialect.compatible import COMPATIBLE
from meterlark.capture.fields import get, number, text
from meterlark.capture.usage import Shape

_BATCH_ENDED: Final = frozenset({"completed", "failed", "expired", "cancelled"})
_RUN_ENDED: Final = frozenset({"completed", "failed", "expired", "cancelled", "incomplete"})
_VIDEO_ENDED: Final = frozenset({"completed", "done", "failed", "expired"})
_PREDICTION_ENDED: Final = frozenset({"succeeded", "failed", "canceled", "aborted"})


class JobReader(Reader):
    """Reads an object with a status; a subclass says which statuses are its last."""

    shape = COMPATIBLE
    ended: frozenset[str]

    def add(self, message: object, kind: str = "") -> None:
        """Take the object; it is not streamed unless a subclass says so."""
        self.add_body(message)

    def add_body(self, body: object) -> None:
        """Take the object as it is now."""
        self.read_error(body)
        self.read_head(body, created="created_at")
        self.is_pending = text(body, "status") not in self.ended
        self.has_ended = not self.is_pending
        # What stands in an unfinished object is not its usage: a batch in validation says 0.
        if self.has_ended:
            self.take_usage(get(body, "usage"))


class BatchReader(JobReader):
    """Reads a batch object."""

    ended = _BATCH_ENDED

    def add_body(self, body: object) -> None:
        """Take the object as it is now."""
        super().add_body(body)
        self.attributes["processing"] = "batch"


class RunReader(JobReader):
    """Reads a run of an assistant, whole or streamed."""

    ended = _RUN_ENDED

    def add(self, message: object, kind: str = "") -> None:
        """Take the next event; an SDK's event holds the object in `data`, and only the run itself is read."""
        run = get(message, "data") if text(message, "event") else message
        if kind == "error":
            self.read_error({"error": message})
        elif text(run, "object") == "thread.run":
            self.add_body(run)


class VideoReader(JobReader):
    """Reads a video job: OpenAI's says its seconds, xAI's the length of the video and what it cost."""

    ended = _VIDEO_ENDED

    def add_body(self, body: object) -> None:
        """Take the object as it is now."""
        super().add_body(body)
        self.response_id = self.response_id or self.call.names.get("id", "")
        if text(body, "status") in ("completed", "done"):
            seconds = number(get(body, "seconds"))
            seconds = number(get(get(body, "video"), "duration")) if seconds is None else seconds
            if seconds is not None:
                self.quantities["video_seconds"] = seconds
            if size := text(body, "size"):
                self.attributes["size"] = size


class PredictionReader(JobReader):
    """Reads a prediction of Replicate, which counts tokens for language models and seconds of the machine for all."""

    shape = Shape(
        input=("input_token_count",),
        output=("output_token_count",),
        quantities={"compute_seconds": ("predict_time",)},
    )
    ended = _PREDICTION_ENDED

    def add_body(self, body: object) -> None:
        """Take the object as it is now."""
        super().add_body(body)
        if self.has_ended:
            self.take_usage(get(body, "metrics"))
