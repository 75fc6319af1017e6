"""The demo's usage in a server, as a new user sees it."""

from running_server import BATCH_TYPE, Address

from meterlark.cli.demo_usage import CUSTOMERS, example_events

BATCH_EVENTS = 500


def fill_with_demo_usage(server: Address) -> None:
    """Send thirty days of usage and name its customers."""
    texts = [text for _, text in example_events()]
    for first in range(0, len(texts), BATCH_EVENTS):
        answer = server.ingest(b"[" + b",".join(texts[first : first + BATCH_EVENTS]) + b"]", BATCH_TYPE)
        assert answer.status == 204, answer
    for number in range(1, CUSTOMERS + 1):
        answer = server.send_json("POST", "/api/v1/customers", {"name": f"Customer {number:02d}", "key": f"customer-{number:02d}"})
        assert answer.status == 201, answer
