"""`meterlark report`: what each customer used in a period."""

import sys
from collections.abc import Collection
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from cyclopts import Parameter

from meterlark.cli.browser import print_pdf
from meterlark.cli.client import Client
from meterlark.cli.customers import CustomerRow, all_customers
from meterlark.cli.output import JsonFlag, UrlOption, print_json, print_table, say
from meterlark.cli.period import FromOption, MonthOption, SinceOption, Span, ToOption, ZoneOption, read_span
from meterlark.cli.report_forms import cells, csv_text, header, html_text, json_rows
from meterlark.cli.report_table import Report, add_up, owners
from meterlark.cli.unpriced import unpriced_models
from meterlark.cli.whole_file import whole_file
from meterlark.config import RETURNED_MODEL
from meterlark.model.errors import InvalidInputError, NotFoundError
from meterlark.model.time import format_time
from meterlark.sdk.usage import UsageRow

FAMILIES: Final = ("llm", "openai", "litellm")
"""What the slugs of the meters begin with that are there from the start, one for each type of event."""

COLUMNS: Final = tuple(
    tuple(f"{family}_{end}" for end in ("requests", "input_tokens", "output_tokens", "total_tokens", "cost")) for family in FAMILIES
)
"""Meters of the report when none are named. Those that the server does not have are left out, and families without usage in the period."""

COST: Final = "_cost"
"""What the slugs of their meters of cost end with."""

CURRENCY: Final = "currency"
"""A meter with this dimension measures money; amounts of two currencies are never added."""

Format = Literal["table", "csv", "html", "json", "pdf"]
_ENDINGS: Final[dict[str, Format]] = {".csv": "csv", ".html": "html", ".htm": "html", ".json": "json", ".jsonl": "json", ".pdf": "pdf"}


class _Meter(msgspec.Struct, frozen=True, rename="camel"):
    slug: str
    aggregation: str
    group_by: dict[str, str] = {}

    def dimension(self, name: str) -> str:
        """Return the meter's own name of a dimension: a meter of cost calls another one `model`, the model as priced."""
        return RETURNED_MODEL if name == "model" and RETURNED_MODEL in self.group_by else name


def _common(name: str) -> str:
    """Return the name that a dimension has with all meters."""
    return "model" if name == RETURNED_MODEL else name


def report(
    *,
    month: MonthOption = None,
    from_: FromOption = None,
    to: ToOption = None,
    since: SinceOption = None,
    time_zone: ZoneOption = "UTC",
    group_by: Annotated[tuple[str, ...], Parameter(alias="-g", help="Split each customer by a dimension, such as model.")] = (),
    meter: Annotated[tuple[str, ...], Parameter(help="Slug of a meter that adds up; tokens, requests and cost by default.")] = (),
    format_: Annotated[Format | None, Parameter(name="--format", help="By default the file's ending says it, else a table.")] = None,
    output: Annotated[Path | None, Parameter(alias="-o", help="The file; standard output by default.")] = None,
    url: UrlOption = None,
    json_output: JsonFlag = False,
) -> None:
    """Report what each customer used in a period; the rows add up to the totals.

    Subjects that belong to no customer are listed by themselves: meterlark customers create makes them somebody's. Usage without a price
    has no cost, which is not 0: the report says which models it is of.
    """
    form = _form(output, format_, json_output=json_output)
    span = read_span(from_=from_, to=to, since=since, month=month, time_zone=time_zone)
    with Client(url) as client:
        made = _ask(client, span, group_by, meter, period=_period(span, month, time_zone))
    _write(made, form, output)
    for note in made.notes:
        say(f"warning: not in the cost: {note}")
    if made.notes:
        say("hint: what helps each of them: meterlark doctor")


def _form(output: Path | None, given: Format | None, *, json_output: bool) -> Format:
    if json_output and given not in (None, "json"):
        raise InvalidInputError(f"--json and --format {given} cannot be given together", field="--format")
    form = given or ("json" if json_output else None) or (None if output is None else _ENDINGS.get(output.suffix.lower())) or "table"
    if form == "pdf" and output is None:
        raise InvalidInputError("a PDF needs a file: --output report.pdf", field="--output")
    if form == "table" and output is not None:
        raise InvalidInputError(f"--output is {str(output)!r}; name a .csv, .html, .json or .pdf file, or give --format", field="--output")
    return form


def _ask(client: Client, span: Span, groups: tuple[str, ...], chosen: tuple[str, ...], *, period: str) -> Report:
    usage: dict[str, list[UsageRow]] = {}
    for meter in _meters(client, span, chosen, groups):
        is_money = CURRENCY in meter.group_by and CURRENCY not in groups
        asked = ["subject", *map(meter.dimension, groups), *([CURRENCY] if is_money else [])]
        rows = client.query(meter.slug, {"from": span.from_, "to": span.to, "groupBy": asked})
        rows = [msgspec.structs.replace(row, group_by={_common(name): text for name, text in row.group_by.items()}) for row in rows]
        if is_money:
            usage |= _by_currency(meter.slug, rows)
        else:
            usage[meter.slug] = rows
    whose = owners(msgspec.json.decode(one, type=CustomerRow) for one in all_customers(client))
    rows_added, totals = add_up(usage, groups, whose)
    has_cost = any(column.partition(" ")[0].endswith(COST) for column in usage)
    notes = tuple(one.told() for one in unpriced_models(client, span)) if has_cost else ()
    return Report(
        period, groups, tuple(usage), rows_added, totals, format_time(datetime.now(UTC).replace(microsecond=0)), client.url, notes
    )


def _used_columns(client: Client, span: Span, there: Collection[str]) -> list[str]:
    """Return the columns of the families with any usage in a stretch of time; of the first that is there, if none has any."""
    families = [[slug for slug in slugs if slug in there] for slugs in COLUMNS]
    known = [slugs for slugs in families if slugs]
    used = [slugs for slugs in known if any(row.value for row in client.query(slugs[0], {"from": span.from_, "to": span.to}))]
    return list(chain.from_iterable(used or known[:1]))


def _by_currency(slug: str, rows: list[UsageRow]) -> dict[str, list[UsageRow]]:
    """Return the rows of a meter of money by column, one for each currency; the bare slug where nothing was measured."""
    currencies = sorted({row.group_by.get(CURRENCY) or "" for row in rows})
    columns = {f"{slug} {one}".strip(): [row for row in rows if (row.group_by.get(CURRENCY) or "") == one] for one in currencies}
    return columns or {slug: []}


def _meters(client: Client, span: Span, chosen: tuple[str, ...], groups: tuple[str, ...]) -> list[_Meter]:
    there = {meter.slug: meter for meter in client.fetch("/api/v1/meters", list[_Meter])}
    missing = [slug for slug in chosen if slug not in there]
    if missing:
        raise NotFoundError(f"there is no meter {missing[0]}; there are {', '.join(sorted(there))}")
    meters = [there[slug] for slug in chosen or _used_columns(client, span, there)]
    for meter in meters:
        if meter.aggregation not in {"SUM", "COUNT"}:
            message = f"{meter.slug} is a meter of {meter.aggregation}, whose values do not add up; name a SUM or COUNT"
            raise InvalidInputError(message, field="--meter")
    if not chosen:
        unsplit = [meter.slug for meter in meters if not {"subject", *meter.group_by}.issuperset(groups)]
        if unsplit and len(unsplit) < len(meters):
            say(f"warning: left out, because they cannot be split by {' and '.join(groups)}: {', '.join(unsplit)}")
            meters = [meter for meter in meters if meter.slug not in unsplit]
    if not meters:
        raise NotFoundError(f"there is none of the meters {', '.join(chain.from_iterable(COLUMNS))}; name others with --meter")
    return meters


def _period(span: Span, month: str | None, time_zone: str) -> str:
    if month is not None:
        return f"{month} ({time_zone})"
    return f"{span.from_ or 'the beginning'} to {span.to or 'now'}"


def _write(made: Report, form: Format, output: Path | None) -> None:
    if form == "table":
        _print_table(made)
        return
    if output is None:
        if form == "json":
            print_json(json_rows(made))
        else:
            sys.stdout.write(csv_text(made) if form == "csv" else html_text(made))
        sys.stdout.flush()
        return
    with whole_file(output) as file:
        file.write(_content(made, form))
    say(f"{output}: {len(made.rows)} rows of {form}, {made.period}")


def _content(made: Report, form: Format) -> bytes:
    match form:
        case "csv":
            return csv_text(made).encode()
        case "json":
            return b"".join(msgspec.json.Encoder(decimal_format="number").encode(row) + b"\n" for row in json_rows(made))
        case "pdf":
            return print_pdf(html_text(made))
        case _:
            return html_text(made).encode()


def _print_table(made: Report) -> None:
    if not made.rows:
        say(f"no usage, {made.period}")
        return
    blanks = [""] * (2 + len(made.groups))
    totals = ["total", *blanks, *("" if value is None else value for value in made.totals)]
    print_table(header(made), [*(cells(row) for row in made.rows), totals], title=f"Usage, {made.period}")
    sys.stdout.flush()
