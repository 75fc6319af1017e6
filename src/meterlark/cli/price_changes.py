"""`meterlark prices override` and `meterlark prices reprice`: prices of one's own, and events that are there priced anew."""

import re
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from cyclopts import Parameter

from meterlark.cli.client import Client
from meterlark.cli.output import JsonFlag, UrlOption, print_json, print_table, say
from meterlark.cli.period import FromOption, MonthOption, SinceOption, ToOption, ZoneOption, read_span
from meterlark.model.errors import InvalidInputError, NotFoundError
from meterlark.model.number import canonical_text
from meterlark.price_files import read_price_file
from meterlark.pricing.document import STANDARD, Document, Model, Price, Provider, decode_document, encode_document

OVERRIDES_PATH: Final = "/api/v1/prices/overrides"
REPRICE_SECONDS: Final = 1_800.0
"""How long a repricing may take: 10 million events, the most of one, are some ten minutes of work."""

REPRICE_PATH: Final = "/api/v1/prices/reprice"


class _Change(msgspec.Struct, frozen=True, rename="camel"):
    key: str
    events: int
    newly_priced: int
    no_longer_priced: int
    cost_before: Decimal
    cost_after: Decimal


class _Changes(msgspec.Struct, frozen=True):
    groups: list[_Change]
    omitted: int


class _Difference(msgspec.Struct, frozen=True, rename="camel"):
    repricing: int | None
    version: int
    chosen: int
    total: _Change
    by_model: _Changes
    by_customer: _Changes
    by_day: _Changes


def override(
    file: Annotated[Path | None, Parameter(help="Price document (JSON) that replaces the present one.")] = None,
    /,
    *,
    provider: Annotated[str | None, Parameter(help="Set one price: of this provider.")] = None,
    model: Annotated[str | None, Parameter(help="Set one price: of this model.")] = None,
    rate: Annotated[tuple[str, ...], Parameter(help="Unit and dollars: input_tokens=2.5 (for a million); may be repeated.")] = (),
    tier: Annotated[str, Parameter(help="Set one price: of this service tier.")] = STANDARD,
    since: Annotated[str | None, Parameter(help="First day (UTC) on which it holds, such as 2026-11-01.")] = None,
    note: Annotated[str, Parameter(help="What a reader should know, such as the contract's number.")] = "",
    address: Annotated[
        str | None, Parameter(help="Say that the prices of --provider hold at this address, such as a gateway's or a proxy's.")
    ] = None,
    delete: Annotated[bool, Parameter(negative="", help="Take all overrides away.")] = False,
    url: UrlOption = None,
    json_output: JsonFlag = False,
) -> None:
    """Show, set or delete prices of your own; they hold for the events to come. Without arguments they are printed."""
    is_one = provider is not None or model is not None or bool(rate) or address is not None
    if sum((file is not None, is_one, delete)) > 1:
        raise InvalidInputError("give a file, or one price, or --delete")
    with Client(url) as client:
        if delete:
            client.call("DELETE", OVERRIDES_PATH)
            say("the prices that ship with Meterlark hold from now on")
            return
        if file is not None:
            document = read_price_file(file)
        elif is_one:
            if provider is None or (model is None) != (not rate) or (model is None and address is None):
                message = "one price takes --provider, --model and at least one --rate; an address takes --provider and --address"
                raise InvalidInputError(message)
            document = _present(client)
            if address is not None:
                document = _with_address(document, provider.lower(), address)
            if model is not None:
                price = _read_price({"rates": dict(map(_read_rate, rate)), "tier": tier, "since": since, "note": note})
                document = _with_price(document, provider.lower(), model.lower(), price)
        else:
            sys.stdout.write(client.call("GET", OVERRIDES_PATH).decode() + "\n")
            return
        made = msgspec.json.decode(client.call("PUT", OVERRIDES_PATH, msgspec.Raw(encode_document(document))), type=dict[str, Any])
    if json_output:
        print_json([made])
    say(f"price version {made['number']} holds for the events to come; what of those before? meterlark prices reprice")


def _read_rate(text: str) -> tuple[str, str]:
    unit, equals, price = text.partition("=")
    if not equals:
        raise InvalidInputError(f"--rate is {text!r}; write it as input_tokens=2.5", field="rate")
    return unit, price


def _read_price(given: dict[str, Any]) -> Price:
    try:
        return msgspec.convert({name: value for name, value in given.items() if value}, Price)
    except msgspec.ValidationError as error:
        raise InvalidInputError(f"the price is not understood: {error}") from error


def _present(client: Client) -> Document:
    try:
        return decode_document(client.call("GET", OVERRIDES_PATH))
    except NotFoundError:
        return Document(name="overrides", made_on=datetime.now(UTC).date())


def _with_price(document: Document, provider: str, model: str, price: Price) -> Document:
    """Return the document with a price, in the place of one of the same tier and first day."""
    sold = document.providers.get(provider, Provider())
    known = sold.models.get(model, Model())
    others = tuple(one for one in known.prices if (one.tier, one.since) != (price.tier, price.since))
    models = {**sold.models, model: msgspec.structs.replace(known, prices=(*others, price))}
    providers = {**document.providers, provider: msgspec.structs.replace(sold, models=models)}
    return msgspec.structs.replace(document, providers=providers, made_on=datetime.now(UTC).date())


def _with_address(document: Document, provider: str, address: str) -> Document:
    """Return the document with an address at which the prices of a provider hold, also of models that this document does not list."""
    sold = document.providers.get(provider, Provider())
    urls = tuple(dict.fromkeys((*sold.urls, re.escape(address.rstrip("/")))))
    providers = {**document.providers, provider: msgspec.structs.replace(sold, urls=urls)}
    return msgspec.structs.replace(document, providers=providers, made_on=datetime.now(UTC).date())


def reprice(
    *,
    version: Annotated[int | None, Parameter(help="Version of the price book; the newest by default.")] = None,
    customer: Annotated[tuple[str, ...], Parameter(help="Events of this customer, by id or key; may be repeated.")] = (),
    subject: Annotated[tuple[str, ...], Parameter(help="Events of this subject; may be repeated.")] = (),
    provider: Annotated[tuple[str, ...], Parameter(help="Events of this provider; may be repeated.")] = (),
    model: Annotated[tuple[str, ...], Parameter(help="Events of this model, as the provider returned it; may be repeated.")] = (),
    from_: FromOption = None,
    to: ToOption = None,
    since: SinceOption = None,
    month: MonthOption = None,
    time_zone: ZoneOption = "UTC",
    apply: Annotated[bool, Parameter(negative="", help="Do it; without this only the difference is shown.")] = False,
    url: UrlOption = None,
    json_output: JsonFlag = False,
) -> None:
    """Show what other prices would change of the events that are there, and with --apply change it; a second time changes nothing."""
    span = read_span(from_=from_, to=to, since=since, month=month, time_zone=time_zone)
    body = {
        "version": version,
        "from": span.from_,
        "to": span.to,
        "customers": customer,
        "subjects": subject,
        "providers": provider,
        "models": model,
    }
    with Client(url, timeout_seconds=REPRICE_SECONDS) as client:
        raw = client.call("POST", f"{REPRICE_PATH}?dry_run={'false' if apply else 'true'}", body)
    if json_output:
        print_json([msgspec.Raw(raw)])
        return
    found = msgspec.json.decode(raw, type=_Difference)
    if not found.total.events:
        say(f"nothing changes: {found.chosen} events cost the same at price version {found.version}")
        return
    for title, changes in (("model", found.by_model), ("customer", found.by_customer), ("day", found.by_day)):
        rows = [_row(one) for one in changes.groups]
        print_table([title, "events", "newly priced", "no longer", "before", "after", "difference"], rows)
        if changes.omitted:
            say(f"and {changes.omitted} more; --json has no more of them either, so choose fewer events")
    total = found.total
    before, after = canonical_text(total.cost_before), canonical_text(total.cost_after)
    say(f"{total.events} of {found.chosen} events: {before} USD before, {after} USD at version {found.version}")
    say(f"done: repricing {found.repricing}" if apply else "nothing was changed; do it with --apply")


def _row(one: _Change) -> tuple[str | int | Decimal, ...]:
    amounts = (one.cost_before, one.cost_after, one.cost_after - one.cost_before)
    return one.key, one.events, one.newly_priced, one.no_longer_priced, *(Decimal(canonical_text(amount)) for amount in amounts)
