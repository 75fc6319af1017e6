"""`meterlark meters list`, and the meters of a server as other commands need them."""

from datetime import datetime

import msgspec

from meterlark.cli.client import Client
from meterlark.cli.output import JsonFlag, UrlOption, print_json, print_table, say
from meterlark.metering.meter import Meter, define_meter

METERS_PATH = "/api/v1/meters"


class _Meter(msgspec.Struct, rename="camel", kw_only=True):
    slug: str
    name: str
    description: str | None = None
    aggregation: str
    event_type: str
    event_from: datetime | None = None
    value_property: str | None = None
    group_by: dict[str, str] = {}
    metadata: dict[str, str] = {}


def list_all(*, url: UrlOption = None, json_output: JsonFlag = False) -> None:
    """List the meters."""
    with Client(url) as client:
        if json_output:
            print_json(msgspec.json.decode(client.call("GET", METERS_PATH), type=list[msgspec.Raw]))
            return
        meters = server_meters(client)
    if not meters:
        say("no meters")
        return
    rows = [(meter.slug, meter.aggregation, meter.event_type, meter.value_property or "", " ".join(meter.group_by)) for meter in meters]
    print_table(["meter", "aggregation", "event type", "value", "dimensions"], rows)


def server_meters(client: Client) -> list[Meter]:
    """Return the live meters of a server, by slug.

    Raises:
        MeterlarkError: As `Client.call`.
    """
    found = msgspec.json.decode(client.call("GET", METERS_PATH), type=list[_Meter])
    return [define_meter(**msgspec.structs.asdict(one)) for one in found]
