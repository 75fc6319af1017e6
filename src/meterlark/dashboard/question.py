"""A question about usage as the API takes it: asked on the server for the page, and shown as the command that gives the same answer."""

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

import msgspec

from meterlark.metering.query import Query, Row
from meterlark.metering.window import WindowSize
from meterlark.model.time import format_time
from meterlark.server.operation import Call
from meterlark.server.query import GetUsageQuery, get_filters, plan_usage, run_usage


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked.

    Attributes:
        meter: Slug.
        start: First event time, inclusive.
        end: End of the event times, exclusive.
        size: Of the windows; None for one over everything.
        zone_name: Whose clock cuts the windows.
        group_by: What splits the rows.
        filters: Texts that may pass, by dimension.
        subjects: Only these; empty for all.
        customers: Ids; only these, one by one; empty for all.
    """

    meter: str
    start: datetime | None = None
    end: datetime | None = None
    size: WindowSize | None = None
    zone_name: str = "UTC"
    group_by: tuple[str, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = {}
    subjects: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()

    def asked(self) -> GetUsageQuery:
        """Return it as the parameters of the API."""
        return GetUsageQuery(
            from_=None if self.start is None else format_time(self.start),
            to=None if self.end is None else format_time(self.end),
            window_size=self.size,
            window_time_zone=self.zone_name,
            subject=list(self.subjects),
            filter_customer_id=list(self.customers),
            group_by=list(self.group_by),
            filter_group_by={key: list(texts) for key, texts in self.filters.items()},
        )

    async def plan(self, call: Call) -> Query:
        """Return the checked query.

        Raises:
            NotFoundError: There is no such meter.
            InvalidInputError: The meter cannot be asked this.
        """
        asked = self.asked()
        return plan_usage((await call.services.meters.get(self.meter)).meter, asked, get_filters(asked))

    async def answer(self, call: Call) -> list[Row]:
        """Return the rows that the visitor may see, in the order of the API.

        Raises:
            As `plan`, and `Queries.run`.
        """
        return await run_usage(call, await self.plan(call), customers=self.customers, client_id=None)

    def parameters(self) -> list[tuple[str, str]]:
        """Return the parameters of the API, without those that say what goes without saying."""
        return list(self._parameters())

    def _parameters(self) -> Iterator[tuple[str, str]]:
        if self.start is not None:
            yield "from", format_time(self.start)
        if self.end is not None:
            yield "to", format_time(self.end)
        if self.size is not None:
            yield "windowSize", self.size.value
            if self.zone_name != "UTC":
                yield "windowTimeZone", self.zone_name
        yield from (("groupBy", key) for key in self.group_by)
        yield from (("subject", subject) for subject in self.subjects)
        yield from (("filterCustomerId", customer) for customer in self.customers)
        for key, texts in self.filters.items():
            yield from ((f"filterGroupBy[{key}]", text) for text in texts)


class Snippets(NamedTuple):
    """One question in three languages.

    Attributes:
        curl: For a shell.
        command: Of our own command line; None for what it does not know.
        python: For the typed client.
    """

    curl: str
    command: str | None
    python: str


def snippets(question: Question, *, address: str, is_open: bool) -> Snippets:
    """Return what a person may paste to get the same answer elsewhere."""
    url = f"{address}/api/v1/meters/{question.meter}/query?{urlencode(question.parameters())}"
    key = "" if is_open else '-H "authorization: Bearer $METERLARK_API_KEY" '
    return Snippets(f"curl {key}{shlex.quote(url)}", _command(question, address), _python(question, address, is_open=is_open))


def _command(question: Question, address: str) -> str | None:
    if question.customers:
        return None
    words = ["meterlark", "query", question.meter, "--url", address]
    flags = {"from": "--from", "to": "--to", "windowSize": "--window", "windowTimeZone": "--time-zone", "groupBy": "-g", "subject": "-s"}
    for name, text in question.parameters():
        if name in flags:
            words += [flags[name], text]
        else:
            words += ["--where", f"{name.removeprefix('filterGroupBy[').removesuffix(']')}={text}"]
    return shlex.join(words)


def _python(question: Question, address: str, *, is_open: bool) -> str:
    arguments: dict[str, str | Sequence[str] | Mapping[str, Sequence[str]]] = {}
    if question.start is not None:
        arguments["from_"] = format_time(question.start)
    if question.end is not None:
        arguments["to"] = format_time(question.end)
    if question.size is not None:
        arguments["window_size"] = question.size.value
        if question.zone_name != "UTC":
            arguments["window_time_zone"] = question.zone_name
    for name, texts in (("group_by", question.group_by), ("subject", question.subjects), ("filter_customer_id", question.customers)):
        if texts:
            arguments[name] = list(texts)
    if question.filters:
        arguments["filter_group_by"] = {key: list(texts) for key, texts in question.filters.items()}
    lines = [f"    {name}={_literal(value)}," for name, value in arguments.items()]
    key = "None" if is_open else 'os.environ["METERLARK_API_KEY"]'
    return "\n".join(
        [
            *(() if is_open else ("import os", "")),
            "from meterlark import Client",
            "",
            f"with Client({_literal(address)}, key={key}) as client:",
            f"    usage = client.query_meter(\n        {_literal(question.meter)},",
            *(f"    {line}" for line in lines),
            "    )",
            "    print(usage.to_records())",
        ]
    )


def _literal(value: object) -> str:
    """Return a literal that Python reads; JSON texts, lists and objects of texts are such, and never hold a line end."""
    return json.dumps(value)
