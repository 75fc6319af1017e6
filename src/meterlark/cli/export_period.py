"""`meterlark export period`: a closed period as a file."""

import sys
from typing import Annotated, Final, Literal
from urllib.parse import quote

from cyclopts import Parameter

from meterlark.cli.client import Client
from meterlark.cli.output import UrlOption

_TYPES: Final = {"csv": "text/csv", "jsonl": "application/x-ndjson"}


def period(
    period_id: Annotated[str, Parameter(help="Its id; meterlark periods list has them.")],
    /,
    *,
    form: Annotated[Literal["csv", "jsonl"], Parameter(name="--format", help="One row, or one JSON object, for each line.")] = "csv",
    url: UrlOption = None,
) -> None:
    """Write a closed period to standard output, one row for each line; the same bytes whenever it is asked for."""
    with Client(url) as client:
        answer = client.download(f"/api/v1/periods/{quote(period_id, safe='')}", accept=_TYPES[form])
    sys.stdout.buffer.write(answer.body)
    sys.stdout.buffer.flush()
