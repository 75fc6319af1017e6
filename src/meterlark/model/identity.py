"""Identity of an event: the tuple (namespace, source, id), and nothing else.

The tuple is never joined with a delimiter: `("a-b", "c")` and `("a", "b-c")` are two identities. Engines that need a short key use the
digest of the length-prefixed parts, and compare the tuple itself whenever two digests meet.
"""

from hashlib import blake2b
from typing import Final

DIGEST_BYTES: Final = 16
"""128 bits: among 10**12 events a chance collision has a probability of about 10**-15, and it is detected, not merged."""


def identity_digest(namespace: str, source: str, event_id: str) -> bytes:
    """Return the key of an identity.

    Args:
        namespace: Isolation boundary of all data.
        source: The event's `source` attribute.
        event_id: The event's `id` attribute.

    Returns:
        `DIGEST_BYTES` bytes of BLAKE2b over the parts, each preceded by its length in bytes.
    """
    first = namespace.encode()
    second = source.encode()
    return blake2b(b"%d:%b%d:%b" % (len(first), first, len(second), second) + event_id.encode(), digest_size=DIGEST_BYTES).digest()
