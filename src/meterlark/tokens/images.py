"""Tokens of an image in a request: its size, read from the data itself, and what each model counts for that size.

Sources: OpenAI's guide "Images and vision" (2025) for the tile and patch rules; which model has which constants, and the one token more
of the patch models, were checked on recorded usage (llm-usage.md section 3, rule 8). An image given by its URL has an unknown size.
"""

import base64
import math
import re
from typing import Final

import msgspec

HEAD_LENGTH_MAX: Final = 262_144
"""Bytes of an image in which its size is looked for; a JPEG may have that much metadata in front."""


class Tiles(msgspec.Struct, frozen=True):
    """A base and a number for each tile of 512 pixels; `detail: low` is the base alone."""

    base: int
    tile: int


class Patches(msgspec.Struct, frozen=True):
    """A factor for each patch of 32 pixels."""

    factor: float


RULES: Final[tuple[tuple[re.Pattern[str], Tiles | Patches], ...]] = (
    (re.compile(r"gpt-4o-mini"), Tiles(2833, 5667)),
    (re.compile(r"gpt-4\.1-mini"), Patches(1.62)),
    (re.compile(r"gpt-4\.1-nano"), Patches(2.46)),
    (re.compile(r"o4-mini"), Patches(1.72)),
    (re.compile(r"gpt-5-mini|gpt-5\.4"), Patches(1.2)),
    (re.compile(r"gpt-5-nano"), Patches(1.5)),
    (re.compile(r"gpt-5(?:$|-)"), Tiles(70, 140)),
    (re.compile(r"o[13](?:$|-)"), Tiles(75, 150)),
    (re.compile(r"computer-use"), Tiles(65, 129)),
    (re.compile(r"gpt-4o|gpt-4\.1|gpt-4\.5|gpt-4-|chatgpt-4o"), Tiles(85, 170)),
)

SIDE_MAX: Final = 2048
SHORT_SIDE_MAX: Final = 768
TILE: Final = 512
PATCH: Final = 32
PATCHES_MAX: Final = 1536


def image_tokens(model: str, url: str, detail: str) -> int | None:
    """Return what a model counts for an image, or None if there is no rule for the model or the size is unknown.

    Args:
        model: The model's name.
        url: The image's URL; only a `data:` URL tells the size.
        detail: `low`, `high` or `auto`.
    """
    rule = next((rule for pattern, rule in RULES if pattern.match(model)), None)
    if isinstance(rule, Tiles) and detail == "low":
        return rule.base
    size = data_url_size(url)
    if rule is None or size is None:
        return None
    return _tiles(rule, *size) if isinstance(rule, Tiles) else _patches(rule, *size)


def _tiles(rule: Tiles, width: int, height: int) -> int:
    scale = min(1.0, SIDE_MAX / max(width, height))
    scale *= min(1.0, SHORT_SIDE_MAX / (min(width, height) * scale))
    return rule.base + rule.tile * math.ceil(width * scale / TILE) * math.ceil(height * scale / TILE)


def _patches(rule: Patches, width: int, height: int) -> int:
    patches = math.ceil(width / PATCH) * math.ceil(height / PATCH)
    if patches > PATCHES_MAX:
        shrink = math.sqrt(PATCH * PATCH * PATCHES_MAX / (width * height))
        across, down = width * shrink / PATCH, height * shrink / PATCH
        shrink *= min(math.floor(across) / across, math.floor(down) / down)
        patches = math.ceil(width * shrink / PATCH) * math.ceil(height * shrink / PATCH)
    return math.ceil(patches * rule.factor) + 1


def data_url_size(url: str) -> tuple[int, int] | None:
    """Return the width and height of a PNG, GIF, JPEG or WebP image in a `data:` URL, None if it is neither."""
    head, comma, encoded = url.partition(",")
    if not head.startswith("data:") or not head.endswith(";base64") or not comma:
        return None
    length = min(len(encoded), HEAD_LENGTH_MAX // 3 * 4) // 4 * 4
    try:
        return image_size(base64.b64decode(encoded[:length]))
    except ValueError:  # not base64 after all
        return None


def image_size(data: bytes) -> tuple[int, int] | None:
    """Return the width and height in pixels that the head of an image file tells, None if it does not."""
    size = None
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        size = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    elif data[:6] in (b"GIF87a", b"GIF89a") and len(data) >= 10:
        size = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    elif data.startswith(b"\xff\xd8"):
        size = _jpeg_size(data)
    elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        size = _webp_size(data)
    return size if size and size[0] > 0 and size[1] > 0 else None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        # A start-of-frame segment; C4, C8 and CC are other tables.
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(data[at + 7 : at + 9], "big"), int.from_bytes(data[at + 5 : at + 7], "big")
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big") if marker != 0xFF else 1
    return None


def _webp_size(data: bytes) -> tuple[int, int] | None:
    kind, body = data[12:16], data[20:]
    if kind == b"VP8X" and len(body) >= 10:
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if kind == b"VP8 " and len(body) >= 10:
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    if kind == b"VP8L" and len(body) >= 5:
        packed = int.from_bytes(body[1:5], "little")
        return 1 + (packed & 0x3FFF), 1 + (packed >> 14 & 0x3FFF)
    return None
