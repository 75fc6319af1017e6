"""`meterlark import litellm`, `helicone` and `langfuse`: what other tools exported, a row for each call."""

from collections.abc import Callable
from typing import Protocol

from meterlark.capture.foreign import helicone as helicone_rows
from meterlark.capture.foreign import langfuse as langfuse_rows
from meterlark.capture.foreign import litellm as litellm_rows
from meterlark.capture.foreign.row import Event, Row
from meterlark.capture.route import Skipped
from meterlark.cli.importing import (
    BeginOption,
    Choice,
    CustomerFromOption,
    CustomerOption,
    EndOption,
    FilesArgument,
    each_row,
    run_import,
)
from meterlark.cli.output import JsonFlag, UrlOption


class _Rows(Protocol):
    """Reads the rows of one tool."""

    @property
    def CUSTOMER(self) -> tuple[str, ...]:  # noqa: N802 - a constant of each module
        """Return the columns that name the customer, the first that is there counts."""

    def event_from_row(self, row: Row, customer: tuple[str, ...]) -> Event | Skipped: ...


def _importer(rows: _Rows, what: str) -> Callable[..., int]:
    def command(
        *files: FilesArgument,
        customer: CustomerOption = None,
        customer_from: CustomerFromOption = None,
        from_: BeginOption = None,
        to: EndOption = None,
        url: UrlOption = None,
        json_output: JsonFlag = False,
    ) -> int:
        choice = Choice(customer, customer_from, from_, to)
        columns = choice.columns(rows.CUSTOMER)
        return run_import(files, each_row(lambda row: rows.event_from_row(row, columns)), choice, url=url, json_output=json_output)

    command.__doc__ = f"""Import {what}, as CSV, JSON or JSON lines: each call that used tokens becomes one event.

    Importing again counts nothing twice. What is skipped is listed with its reason. The exit code is 6 when a row contradicts an event that
    is stored under its id.
    """
    return command


litellm = _importer(litellm_rows, "LiteLLM's spend logs")
helicone = _importer(helicone_rows, "Helicone's requests")
langfuse = _importer(langfuse_rows, "Langfuse's observations")
