"""`meterlark query`."""

import sys
from datetime import datetime
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from meterlark.cli.client import Client
from meterlark.cli.output import JsonFlag, UrlOption, print_json, print_table, say
from meterlark.cli.period import FromOption, SinceOption, Span, ToOption, read_span
from meterlark.model.errors import InvalidInputError
from meterlark.model.time import format_time
from meterlark.sdk.usage import UsageRow

MeterArgument = Annotated[str, Parameter(help="Slug of the meter, such as llm_total_tokens.")]
WindowOption = Annotated[
    Literal["MINUTE", "HOUR", "DAY", "MONTH"] | None, Parameter(name="--window", alias="-w", help="Length of a window.")
]
GroupOption = Annotated[
    tuple[str, ...], Parameter(name="--group-by", alias="-g", help="Dimension to split by, or subject; may be repeated.")
]
SubjectOption = Annotated[tuple[str, ...], Parameter(name="--subject", alias="-s", help="Only this subject; may be repeated.")]
WhereOption = Annotated[
    tuple[str, ...], Parameter(name="--where", help="Only where a dimension has a text: model=gpt-4o; may be repeated.")
]
WindowZoneOption = Annotated[str | None, Parameter(name="--time-zone", help="IANA zone whose clock cuts the windows; UTC by default.")]


def query(
    meter: MeterArgument,
    /,
    *,
    window: WindowOption = None,
    group_by: GroupOption = (),
    subject: SubjectOption = (),
    where: WhereOption = (),
    from_: FromOption = None,
    to: ToOption = None,
    since: SinceOption = None,
    time_zone: WindowZoneOption = None,
    url: UrlOption = None,
    json_output: JsonFlag = False,
) -> None:
    """Ask how much was used."""
    parameters = usage_parameters(
        read_span(from_=from_, to=to, since=since), window=window, group_by=group_by, subject=subject, where=where, time_zone=time_zone
    )
    with Client(url) as client:
        rows = client.query(meter, parameters)
    if json_output:
        print_json(_json(row) for row in rows)
    elif rows:
        print_usage(rows, window=window)
    else:
        say("no usage")


def usage_parameters(
    span: Span,
    *,
    window: str | None,
    group_by: tuple[str, ...],
    subject: tuple[str, ...],
    where: tuple[str, ...],
    time_zone: str | None,
) -> dict[str, Any]:
    """Return the parameters of a usage query as the API names them.

    Raises:
        InvalidInputError: A condition is not of the form `dimension=text`.
    """
    parameters: dict[str, Any] = {
        "from": span.from_,
        "to": span.to,
        "windowSize": window,
        "windowTimeZone": time_zone,
        "groupBy": list(group_by),
        "subject": list(subject),
    }
    for condition in where:
        key, is_given, text = condition.partition("=")
        if not is_given:
            raise InvalidInputError(f"--where is {condition!r}; it looks like model=gpt-4o", field="--where")
        parameters.setdefault(f"filterGroupBy[{key}]", []).append(text)
    return parameters


def print_usage(rows: list[UsageRow], *, window: str | None, title: str = "") -> None:
    """Write usage as a table; rows must not be empty."""
    has_subject = any(row.subject is not None for row in rows)
    groups = list(rows[0].group_by)
    columns = ["from", "to", *(["subject"] if has_subject else []), *groups, "usage"]
    if window is not None:
        columns.remove("to")
    table: list[list[Any]] = []
    for row in rows:
        times = [_short(row.window_start), *([] if window is not None else [_short(row.window_end)])]
        subject = [row.subject or ""] if has_subject else []
        table.append([*times, *subject, *(row.group_by[group] or "" for group in groups), row.value])
    print_table(columns, table, title=title)
    sys.stdout.flush()


def _short(at: datetime) -> str:
    return format_time(at).replace("T00:00:00Z", "").replace("T", " ")


def _json(row: UsageRow) -> dict[str, Any]:
    return {
        "windowStart": row.window_start,
        "windowEnd": row.window_end,
        "subject": row.subject,
        "groupBy": row.group_by,
        "value": row.value,
    }
