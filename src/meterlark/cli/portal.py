"""`meterlark portal`: a link under which a customer sees its own usage."""

import sys
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

import msgspec
from cyclopts import Parameter

from meterlark.cli.client import Client
from meterlark.cli.output import JsonFlag, UrlOption, print_json, say

TOKENS_PATH: Final = "/api/v1/portal/tokens"


class _Token(msgspec.Struct, rename="camel"):
    token: str
    expires_at: str


def portal(
    subject: Annotated[str, Parameter(help="Whose usage it shows, as events name it.")],
    /,
    *,
    meter: Annotated[
        tuple[str, ...], Parameter(name=("--meter", "-m"), help="Slug of a meter that it shows, in this order; all but cost by default.")
    ] = (),
    hours: Annotated[int, Parameter(help="How long the link is valid, up to 24.")] = 1,
    url: UrlOption = None,
    json_output: JsonFlag = False,
) -> None:
    """Print a link under which a customer sees its own usage, and nothing else; whoever has the link sees it, too."""
    ends_at = datetime.now(UTC) + timedelta(hours=hours)
    body = {"subject": subject, "expiresAt": ends_at.isoformat(), "allowedMeterSlugs": list(meter) or None}
    with Client(url) as client:
        answer = client.call("POST", TOKENS_PATH, {name: value for name, value in body.items() if value is not None})
        address = client.url
    if json_output:
        print_json([msgspec.Raw(answer)])
        return
    made = msgspec.json.decode(answer, type=_Token)
    sys.stdout.write(f"{address.rstrip('/')}/portal#token={made.token}\n")
    sys.stdout.flush()
    say(f"valid until {made.expires_at}; whoever has the link sees the usage of {subject!r}")
