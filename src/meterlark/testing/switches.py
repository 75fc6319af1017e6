"""Faults a test can switch on, for every request or by a header for one.

Text form, as in the header `x-provider-switch: no-usage, cut-after=3`: items separated by commas.

| item | what happens |
|---|---|
| `no-usage` | no usage anywhere, blocking or stream; `include_usage` is ignored, as some compatible servers do |
| `usage` | usage is reported (undoes a default `no-usage`) |
| `no-options` | a chat request with `stream_options` is refused, as some compatible servers do |
| `cut-after=N` | a stream's connection is dropped after N events |
| `end-after=N` | a stream ends cleanly after N events, without its terminal event |
| `hold-after=N` | a stream stops after N events until the client leaves, at most 5 seconds, then goes on |
| `slow=SECONDS` | wait before the first byte and between the events of a stream |
| `status=CODE` | answer with OpenAI's error body (400 to 599); `status=200` undoes a default |
| `times=N` | only the first N requests with this very header text (or, by default, without one) get the error |
| `retry-after=SECONDS` | sent with the error; 429 sends 1 second unless told otherwise |

N counts server-sent events: chat's role chunk and each of the Responses API's events count too.
"""

import math

import msgspec

from meterlark.model.errors import InvalidInputError

HEADER = "x-provider-switch"
"""The request header whose items replace the provider's defaults for that request."""

WAIT_SECONDS_MAX = 60.0
"""Longest wait a switch may ask for: a typing error must not hang a test run."""

RETRY_AFTER_SECONDS = 1.0
"""What a 429 asks for unless told otherwise; the smallest whole second of the `retry-after` header."""

_COUNT_MAX = 1_000_000


class Switches(msgspec.Struct, frozen=True, kw_only=True):
    """Faults to produce; the default is none.

    Attributes:
        report_usage: False leaves usage out everywhere.
        accept_stream_options: False refuses chat requests that have `stream_options`.
        cut_after: Drop a stream's connection after this many events.
        end_after: End a stream cleanly but early after this many events.
        hold_after: Stop a stream after this many events until the client leaves.
        slow_seconds: Wait before the first byte and between events; replaces the provider's chunk interval.
        status: Error status to answer with; None or 200 for none.
        times: How many requests get the error before the answer is good; None for all.
        retry_after_seconds: Sent with the error.

    Raises:
        InvalidInputError: A value is outside what the module's table allows.
    """

    report_usage: bool = True
    accept_stream_options: bool = True
    cut_after: int | None = None
    end_after: int | None = None
    hold_after: int | None = None
    slow_seconds: float | None = None
    status: int | None = None
    times: int | None = None
    retry_after_seconds: float | None = None

    def __post_init__(self) -> None:
        """Check the bounds."""
        for name in ("cut_after", "end_after", "hold_after", "times"):
            count = getattr(self, name)
            if count is not None and not 0 <= count <= _COUNT_MAX:
                raise InvalidInputError(f"{name} is {count}; allowed is 0 to {_COUNT_MAX}", field=name)
        for name in ("slow_seconds", "retry_after_seconds"):
            seconds = getattr(self, name)
            if seconds is not None and not 0 <= seconds <= WAIT_SECONDS_MAX:
                raise InvalidInputError(f"{name} is {seconds}; allowed is 0 to {WAIT_SECONDS_MAX}", field=name)
        if self.status not in (None, 200) and not 400 <= (self.status or 0) <= 599:
            raise InvalidInputError(f"status is {self.status}; allowed is 400 to 599, or 200", field="status")

    def with_text(self, text: str) -> "Switches":
        """Return these switches with the items of `text` put over them.

        Raises:
            InvalidInputError: An item is unknown or its value is not a number in range.
        """
        changes: dict[str, bool | int | float] = {}
        for item in filter(None, (part.strip() for part in text.split(","))):
            name, _, value = item.partition("=")
            match name:
                case "no-usage" | "usage" if not value:
                    changes["report_usage"] = name == "usage"
                case "no-options":
                    changes["accept_stream_options"] = False
                case "cut-after" | "end-after" | "hold-after" | "status" | "times":
                    changes[name.replace("-", "_")] = _whole(name, value)
                case "slow" | "retry-after":
                    changes[f"{name.replace('-', '_')}_seconds"] = _seconds(name, value)
                case _:
                    raise InvalidInputError(
                        f"switch {item!r} is unknown; allowed are no-usage, usage, no-options, cut-after=N, end-after=N, hold-after=N, "
                        "slow=SECONDS, status=CODE, times=N, retry-after=SECONDS",
                        field=name,
                    )
        return msgspec.structs.replace(self, **changes)


def _whole(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise InvalidInputError(f"switch {name} is given {text!r}; allowed is a whole number", field=name)
    return int(text)


def _seconds(name: str, text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not math.isfinite(seconds):
        raise InvalidInputError(f"switch {name} is given {text!r}; allowed is a number of seconds", field=name)
    return seconds
