"""`meterlark tail`: stored events as they come."""

import sys
from typing import Annotated, Any, Final

import msgspec
from cyclopts import Parameter

from meterlark.cli.output import JsonFlag, UrlOption, printable, say
from meterlark.cli.stream import Tailed, follow
from meterlark.config import sdk_address
from meterlark.model.errors import InvalidInputError

_SHOWN: Final = ("model", "total_tokens", "usage_source")
"""Members of an event's data that tell an LLM exchange at a glance."""


class _Event(msgspec.Struct):
    id: str
    source: str
    type: str
    subject: str
    time: str = ""
    data: Any = None


class _Stored(msgspec.Struct, rename="camel"):
    event: _Event
    validation_error: str | None = None


def tail(
    *,
    subject: Annotated[str | None, Parameter(help="Only this subject.")] = None,
    type_: Annotated[str | None, Parameter(name="--type", help="Only this type of event.")] = None,
    after: Annotated[int | None, Parameter(help="Begin behind this place in the ledger; 0 shows everything that is stored.")] = None,
    limit: Annotated[int | None, Parameter(help="Leave after so many events.")] = None,
    url: UrlOption = None,
    json_output: JsonFlag = False,
) -> None:
    """Show events as they are stored, until Ctrl-C; a lost connection is made anew and misses nothing that came behind an event shown.

    A line has the event's place in the ledger, time, subject, type, model, tokens, where the count is from, and what is wrong with it.
    """
    if limit is not None and limit < 1:
        raise InvalidInputError(f"--limit is {limit}; allowed is 1 and more", field="--limit")
    parameters = {"subject": subject, "type": type_, "after": None if after is None else str(after)}
    followed = follow(url or sdk_address(), parameters, lost=lambda reason, pause: say(f"{reason}; again in {pause} s"))
    for number, tailed in enumerate(followed, 1):
        sys.stdout.write((_json(tailed) if json_output else _line(tailed)) + "\n")
        sys.stdout.flush()
        if number == limit:
            return


def _json(tailed: Tailed) -> str:
    # The server's own text goes on unchanged, so that no number loses a digit on the way.
    return f'{{"sequence":{tailed.sequence},{tailed.text[1:]}'


def _line(tailed: Tailed) -> str:
    stored = msgspec.json.decode(tailed.text, type=_Stored)
    event = stored.event
    data = event.data if isinstance(event.data, dict) else {}
    told = [f"{name}={data[name]}" for name in _SHOWN if name in data]
    problem = f"! {stored.validation_error.replace(chr(10), '; ')}" if stored.validation_error else ""
    return printable(" ".join(filter(None, [str(tailed.sequence), event.time, event.subject, event.type, *told, problem])))
