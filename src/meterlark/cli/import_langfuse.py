"""`meterlark import langfuse`."""

from meterlark.capture.foreign.langfuse import CUSTOMER, event_from_row
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


def langfuse(
    *files: FilesArgument,
    customer: CustomerOption = None,
    customer_from: CustomerFromOption = None,
    from_: BeginOption = None,
    to: EndOption = None,
    url: UrlOption = None,
    json_output: JsonFlag = False,
) -> int:
    """Import Langfuse's observations, as CSV, JSON or JSON lines: each call that used tokens becomes one event.

    Importing again counts nothing twice. What is skipped is listed with its reason. The exit code is 6 when a row contradicts an event that
    is stored under its id.
    """
    choice = Choice(customer, customer_from, from_, to)
    columns = choice.columns(CUSTOMER)
    return run_import(files, each_row(lambda row: event_from_row(row, columns)), choice, url=url, json_output=json_output)
