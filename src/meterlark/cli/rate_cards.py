"""`meterlark rate-cards`: show and set what customers are charged."""

from typing import Annotated, Any, Final
from urllib.parse import quote

import msgspec
from cyclopts import Parameter

from meterlark.cli.client import Client
from meterlark.cli.output import JsonFlag, UrlOption, print_json, print_table
from meterlark.cli.read import read_lines
from meterlark.client.types import RateCardAnswer, RateCardRate
from meterlark.model.errors import InvalidInputError
from meterlark.model.time import format_time

DEFAULT_PATH: Final = "/api/v1/rate-card"

CustomerArgument = Annotated[str | None, Parameter(help="Its id or key; the default card of all customers when not given.")]


def show(
    customer: CustomerArgument = None,
    /,
    *,
    at: Annotated[str | None, Parameter(help="The version that holds at this moment (RFC 3339); now by default.")] = None,
    versions: Annotated[bool, Parameter(negative="", help="Show every version, the latest to begin first.")] = False,
    url: UrlOption = None,
    json_output: JsonFlag = False,
) -> None:
    """Show the rate card that a customer is charged by, or the default one."""
    path = _path(customer)
    with Client(url) as client:
        found = client.fetch(f"{path}/versions", list[msgspec.Raw]) if versions else [client.fetch(path, msgspec.Raw, {"at": at})]
    _print(found, json_output=json_output)


def set_card(
    file: Annotated[str, Parameter(help="JSON of the version, as the API takes it; - for standard input.", allow_leading_hyphen=True)],
    /,
    *,
    customer: Annotated[str | None, Parameter(help="Whose card it is, by id or key; the default card of all when not given.")] = None,
    since: Annotated[str | None, Parameter(help="From when on it holds (RFC 3339), instead of what the file says.")] = None,
    url: UrlOption = None,
    json_output: JsonFlag = False,
) -> None:
    """Add a version of a rate card, or replace the one with the same date."""
    try:
        # Numbers go on as they are written, digit for digit.
        members = msgspec.json.decode(b"".join(read_lines(file)), type=dict[str, msgspec.Raw])
    except msgspec.DecodeError as error:
        raise InvalidInputError(f"{file} is not the JSON object of a rate card: {error}", field=file) from error
    body: dict[str, Any] = members if since is None else {**members, "since": since}
    with Client(url) as client:
        answer = client.call("PUT", _path(customer), body)
    _print([msgspec.Raw(answer)], json_output=json_output)


def _path(customer: str | None) -> str:
    return DEFAULT_PATH if customer is None else f"/api/v1/customers/{quote(customer, safe='')}/rate-card"


def _print(found: list[msgspec.Raw], *, json_output: bool) -> None:
    if json_output:
        print_json(found)
        return
    for one in found:
        card = msgspec.json.decode(one, type=RateCardAnswer)
        whose = "of all customers" if card.customer_id is None else f"of customer {card.customer_id}"
        title = f"{card.key} {whose}, {card.currency}, since {format_time(card.since)}, minimum {card.minimum:f} ({card.id})"
        rows = [(item.key, item.meter or "", _text(item.filters), item.unit or "", _rate(item.rate)) for item in card.items]
        print_table(["item", "meter", "filters", "unit", "rate"], rows, title=title)


def _rate(rate: RateCardRate) -> str:
    """Return a rate in words."""
    per = "" if rate.per in {None, 1} else f" per {rate.per:,}"
    if rate.type == "markup":
        return f"cost plus {rate.percent:f}%"
    if rate.type == "unit":
        return f"{rate.price:f}{per}"
    if rate.type == "flat":
        return f"{rate.amount:f} for the period"
    if rate.type == "package":
        return f"{rate.price:f} per package of {rate.size:,}"
    steps = [
        f"{'rest' if step.up_to is None else f'up to {step.up_to:,}'} {step.price:f}{per}" + (f" + {step.fee:f}" if step.fee else "")
        for step in rate.steps or []
    ]
    return f"{rate.type}: {'; '.join(steps)}"


def _text(filters: dict[str, Any] | None) -> str:
    return msgspec.json.encode(filters).decode() if filters else ""
