"""The text of an API key: `mlk_`, 256 random bits, a checksum; and what is kept of it.

A key of 256 random bits needs no slow hash: a single SHA-256 cannot be searched. The prefix and the checksum let secret scanners recognise
a leaked key without asking anybody.
"""

import zlib
from hashlib import sha256
from typing import Final

PREFIX: Final = "mlk_"
RANDOM_BYTES: Final = 32
BODY_LENGTH: Final = 43
"""62^43 is the first power of 62 beyond 2^256."""

CHECKSUM_LENGTH: Final = 6
"""62^6 is the first power of 62 beyond 2^32, the range of CRC-32."""

START_LENGTH: Final = 10
"""Characters that are shown later so that a person can tell keys apart: the prefix and six more of 43."""

_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def make_key(random: bytes) -> str:
    """Return the key of 32 random bytes."""
    assert len(random) == RANDOM_BYTES
    body = _base62(int.from_bytes(random), BODY_LENGTH)
    return f"{PREFIX}{body}{_checksum(body)}"


def is_key(text: str) -> bool:
    """Tell whether a text has the form of a key, checksum included."""
    body = text[len(PREFIX) : len(PREFIX) + BODY_LENGTH]
    return text.startswith(PREFIX) and text.isascii() and text == f"{PREFIX}{body}{_checksum(body)}"


def key_digest(text: str) -> str:
    """Return what is stored of a key: its SHA-256 in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def _checksum(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), CHECKSUM_LENGTH)


def _base62(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, 62)
        digits.append(_DIGITS[digit])
    assert number == 0
    return "".join(reversed(digits))
