"""A short key for the content of an event: equal exactly when `model.event.same_content` holds (up to a collision of 128 bits).

It finds the row of a known conflict without comparing with all others, so that a sender who repeats one id with ever new contents pays
the same for each.
"""

import json
from decimal import Decimal
from hashlib import blake2b
from typing import Final

from meterlark.model.event import read_json
from meterlark.model.number import WideNumber, canonical_text

DIGEST_BYTES: Final = 16


def content_digest(text: bytes) -> bytes:
    """Return the key of the JSON value in an event's text, however keys are ordered and numbers spelled."""
    return blake2b(_canonical(read_json(text)).encode(), digest_size=DIGEST_BYTES).digest()


def _canonical(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{_canonical(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_canonical(item) for item in value) + "]"
    if isinstance(value, WideNumber):
        return f"#{value}"  # outside the limits only the spelling is known, and it must not meet a string of the same text
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return canonical_text(value)
    return json.dumps(value)
