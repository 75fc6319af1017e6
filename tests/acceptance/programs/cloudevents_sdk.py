"""Send one event with the `cloudevents` package in structured mode and one in binary mode: `cloudevents_sdk.py URL`.

Attributes are ASCII: in binary mode the package sends others as they are, not percent-encoded as the HTTP binding (3.1.3.2) asks.
"""

import sys

import requests
from cloudevents.conversion import to_binary, to_structured
from cloudevents.http import CloudEvent

for convert, identity in ((to_structured, "structured"), (to_binary, "binary")):
    attributes = {"type": "ce_sdk", "source": "ce-sdk", "id": identity, "subject": "acme & co", "time": "2026-11-24T08:30:00.250Z"}
    headers, body = convert(CloudEvent(attributes, {"tokens": 21, "text": "ünï"}))
    reply = requests.post(f"{sys.argv[1]}/api/v1/events", data=body, headers=headers, timeout=10)
    reply.raise_for_status()
    print(reply.status_code)
