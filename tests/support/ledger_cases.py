"""Events for the ledger's tests: small alphabets, so that identities meet often."""

import json
from datetime import UTC, datetime

from hypothesis import strategies as st

from meterlark.model.event import DEFAULT_NAMESPACE, Event, decode_event

RECEIVED_AT = datetime(2026, 11, 24, 8, 30, 0, 123456, tzinfo=UTC)

CONTENTS = ('{"n":1}', '{ "n": 1.0 }', '{"n":2}', '{"n":1,"m":"x"}', '{"m":"x","n":1}', '{"n":1e999}', '{"n":"1e999"}', "null")
"""Texts of `data`. The first two say the same, and so do the fourth and fifth; all others differ."""


def event(event_id: str, *, source: str = "s", namespace: str = DEFAULT_NAMESPACE, data: str = CONTENTS[0]) -> Event:
    """Return an event as the server would decode it."""
    head = json.dumps({"specversion": "1.0", "id": event_id, "source": source, "type": "t", "subject": "u"})
    text = f'{head[:-1]}, "data": {data}}}'
    return decode_event(text.encode(), namespace=namespace, received_at=RECEIVED_AT)


_parts = st.sampled_from(("a", "b", "-", "a-b", "b-a", "a-", "-b"))
"""Parts that become equal when somebody joins them with a hyphen."""

events = st.builds(
    lambda namespace, source, event_id, data: event(event_id, source=source, namespace=namespace, data=data),
    _parts,
    _parts,
    _parts,
    st.sampled_from(CONTENTS),
)
batches = st.lists(st.lists(events, max_size=12), max_size=8)
