"""What does an API key cost a request? A server with a thousand keys against one that is open to everybody on this machine.

Both run in processes of their own; single events go through the whole stack (the key where there is one, validation, ledger with syncing,
projection) in alternating rounds. The answer to a question after each round is compared with plain Python before a figure is printed.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from decimal import Decimal
from itertools import accumulate
from pathlib import Path
from statistics import median
from typing import Final
from urllib.request import Request

from generated import Expected, GeneratedEvent, generate
from harness import Report, WrongAnswerError
from http_ingest import DUPLICATE_SHARE, Server, running, send
from ingest_stages import CLIENTS

KEYS: Final = 1_000
"""Keys beside the one that sends: a key for each customer of a product."""

COST_MAX: Final = 1.3
"""Most that the whole path with a key may take of the server's CPU, compared with the open one."""

WARM_UP_EVENTS: Final = 1_000


def make_keys(server: Server, count: int) -> None:
    """Close a server: make the keys, and give it the one that sends and asks."""
    for number in range(count):
        _make_key(server, {"name": f"customer {number}", "scopes": ["ingest"], "subjects": [f"customer-{number}"]})
    admin = _make_key(server, {"name": "admin", "scopes": ["admin"]})
    server.key = admin
    server.key = _make_key(server, {"name": "sender", "scopes": ["ingest", "read"]})


def _make_key(server: Server, rights: dict[str, object]) -> str:
    request = Request(f"{server.address}/api/v1/keys", json.dumps(rights).encode(), {"content-type": "application/json"})  # noqa: S310
    return str(json.loads(server.ask(request))["key"])


def rounds_of(count: int, rounds: int) -> list[list[GeneratedEvent]]:
    """Return the events of a warm-up and of each round."""
    events = [event for chunk in generate(WARM_UP_EVENTS + count * rounds, Expected()) for event in chunk]
    warm_up, rest = events[:WARM_UP_EVENTS], events[WARM_UP_EVENTS:]
    return [warm_up, *(rest[first : first + count] for first in range(0, len(rest), count))]


def total_of(events: Sequence[GeneratedEvent]) -> Decimal:
    """Add up the tokens."""
    return Decimal(sum(json.loads(event.data)["total_tokens"] for event in events))


def main(arguments: Sequence[str] | None = None) -> None:
    """Send, compare, report; exit with an error when an event was refused, lost or counted twice."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=5_000, help="events of a round (5,000)")
    parser.add_argument("--rounds", type=int, default=7, help="rounds of each server (7)")
    parser.add_argument("--keys", type=int, default=KEYS, help="other keys (1,000)")
    parser.add_argument("--directory", type=Path, help="where the data folders are made; a disk that syncs")
    chosen = parser.parse_args(arguments)
    parts = rounds_of(chosen.events, chosen.rounds)
    totals = list(accumulate(map(total_of, parts)))
    spent: dict[str, list[float]] = {"open": [], "with a key": []}
    with ExitStack() as stack:
        servers = {name: stack.enter_context(running(chosen.directory, "FULL")) for name in spent}
        make_keys(servers["with a key"], chosen.keys)
        for number, (events, total) in enumerate(zip(parts, totals, strict=True)):
            for name, server in servers.items():
                try:
                    cost = send(server, [event.text for event in events], CLIENTS[1], total)
                except WrongAnswerError as error:
                    sys.exit(f"wrong answer: {error}")
                if number > 0:
                    requests = len(events) + -(-len(events) // DUPLICATE_SHARE)
                    spent[name].append(1e6 * cost.server_cpu / requests)
    report = Report("What does an API key cost a request with one event?", ("server", "server us a request", "spread"))
    for name, costs in spent.items():
        report.add(name, median(costs), f"{min(costs):.3g}-{max(costs):.3g}")
    # Of each pair of neighbouring rounds, so that a busy minute hits both sides alike.
    ratios = [keyed / free for free, keyed in zip(*spent.values(), strict=True)]
    report.claim(f"a request with a key of {chosen.keys:,} / an open one", median(ratios), at_most=COST_MAX)
    report.finish("auth_cost")


if __name__ == "__main__":
    main()
