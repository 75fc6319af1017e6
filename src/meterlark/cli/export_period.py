"""`meterlark export period`: a closed period as a file."""

import sys
from typing import Annotated, Final, Literal
from urllib.parse import quote

from cyclopts import Parameter

from meterlark.cli.client import Client
from meterlark.cli.output import JsonFlag, UrlOption
from meterlark.model.errors import InvalidInputError

_TYPES: Final = {"csv": "text/csv", "jsonl": "application/x-ndjson"}


def period(
    period_id: Annotated[str, Parameter(help="Its id; meterlark periods list has them.")],
    /,
    *,
    format_: Annotated[Literal["csv", "jsonl"] | None, Parameter(name="--format", help="CSV by default; jsonl as --json.")] = None,
    url: UrlOption = None,
    json_output: JsonFlag = False,
) -> None:
    """Write a closed period to standard output, one row for each line; the same bytes whenever it is asked for."""
    if json_output and format_ == "csv":
        raise InvalidInputError("--json and --format csv cannot be given together", field="--format")
    form = format_ or ("jsonl" if json_output else "csv")
    with Client(url) as client:
        answer = client.download(f"/api/v1/periods/{quote(period_id, safe='')}", accept=_TYPES[form])
    sys.stdout.buffer.write(answer.body)
    sys.stdout.buffer.flush()
