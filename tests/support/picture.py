"""Pictures of pages made small: 256 colours and the best packing, a third of what the browser writes, with no library for it."""

import base64
import struct
import zlib
from collections.abc import Iterator
from typing import Any, Final

from playwright.sync_api import Browser

COLOURS_MAX: Final = 256
"""What one byte a pixel can tell apart. A page has few colours; the many shades at the edges of its letters become the nearest of these."""

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"

_INDEX: Final = """
async ([picture, most]) => {
  const bitmap = await createImageBitmap(await (await fetch(picture)).blob());
  const {width, height} = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const pixels = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const colours = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a) || a - b);
  const parts = (colour) => [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255];
  const palette = colours.slice(0, most).map(parts);
  const far = ([r, g, b], [x, y, z]) => (r - x) ** 2 + (g - y) ** 2 + (b - z) ** 2;
  const nearest = (colour) => {
    let best = 0;
    for (let place = 1; place < palette.length; place += 1) if (far(palette[place], colour) < far(palette[best], colour)) best = place;
    return best;
  };
  const places = new Map(colours.map((colour, place) => [colour, place < most ? place : nearest(parts(colour))]));
  const indices = Uint8Array.from(pixels, (pixel) => places.get(pixel));
  const url = await new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.readAsDataURL(new Blob([indices]));
  });
  return {width, height, palette, indices: url.split(",")[1]};
}
"""


def packed(browser: Browser, picture: bytes) -> bytes:
    """Return a picture in PNG with at most `COLOURS_MAX` colours: the most frequent stay, each other becomes the nearest of them."""
    page = browser.new_page()
    address = f"data:image/png;base64,{base64.b64encode(picture).decode()}"
    found: dict[str, Any] = page.evaluate(_INDEX, [address, COLOURS_MAX])
    page.close()
    width, height = found["width"], found["height"]
    indices = base64.b64decode(found["indices"])
    assert len(indices) == width * height
    # Each line of a picture begins with how it was filtered: 0 is not at all, which suits indices.
    lines = b"".join(b"\0" + indices[place : place + width] for place in range(0, len(indices), width))
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    palette = bytes(part for colour in found["palette"] for part in colour)
    return SIGNATURE + b"".join(_chunks((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b"")))


def _chunks(*parts: tuple[bytes, bytes]) -> Iterator[bytes]:
    for name, data in parts:
        yield struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
