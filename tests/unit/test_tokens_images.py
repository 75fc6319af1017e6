import base64

import pytest

from meterlark.tokens.images import data_url_size, image_size, image_tokens


def png(width: int, height: int) -> bytes:
    """Return the head of a PNG file."""
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x06\0\0\0"


def data_url(data: bytes) -> str:
    """Return a file as a data URL."""
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


def jpeg(width: int, height: int, *, metadata: int = 0) -> bytes:
    """Return the head of a JPEG file with some metadata in front of its size."""
    segment = b"\xff\xe1" + (metadata + 2).to_bytes(2, "big") + bytes(metadata)
    return b"\xff\xd8" + segment + b"\xff\xff\xc0\x00\x11\x08" + height.to_bytes(2, "big") + width.to_bytes(2, "big") + bytes(10)


def webp(kind: bytes, body: bytes) -> bytes:
    """Return the head of a WebP file."""
    return b"RIFF\0\0\0\0WEBP" + kind + b"\0\0\0\0" + body


@pytest.mark.parametrize(
    "data",
    [
        png(640, 480),
        b"GIF89a" + (640).to_bytes(2, "little") + (480).to_bytes(2, "little"),
        jpeg(640, 480),
        jpeg(640, 480, metadata=60_000),
        webp(b"VP8X", b"\0\0\0\0" + (639).to_bytes(3, "little") + (479).to_bytes(3, "little")),
        webp(b"VP8 ", bytes(6) + (640).to_bytes(2, "little") + (480).to_bytes(2, "little")),
        webp(b"VP8L", b"\x2f" + (639 | 479 << 14).to_bytes(4, "little")),
    ],
)
def test_the_size_is_in_the_file(data: bytes) -> None:
    """Of every format that OpenAI takes."""
    assert image_size(data) == (640, 480)


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"\xff\xd8\xff\xe1\xff\xff", b"GIF89a", png(0, 5), png(5, 5)[:20], b"RIFF"])
def test_what_has_no_size_is_unknown(data: bytes) -> None:
    """Unknown is not a pixel."""
    assert image_size(data) is None


@pytest.mark.parametrize(
    "url", ["https://example.org/lark.png", "data:image/png,abc", "data:image/png;base64,a$$$", "data:image/png;base64,abcdé===", ""]
)
def test_only_data_urls_tell_the_size(url: str) -> None:
    """Nothing is fetched."""
    assert data_url_size(url) is None


# By hand from the published rules: fit into 2048, short side to 768, tiles of 512; or patches of 32, at most 1536 of them.
@pytest.mark.parametrize(
    ("model", "size", "detail", "tokens"),
    [
        ("gpt-4o", (640, 480), "auto", 85 + 170 * 2),
        ("gpt-4o", (1024, 1024), "high", 85 + 170 * 4),
        ("gpt-4o", (2048, 4096), "high", 85 + 170 * 6),
        ("gpt-4o", (4096, 8192), "low", 85),
        ("gpt-4.1", (512, 512), "auto", 85 + 170),
        ("gpt-4o-mini-2024-07-18", (640, 480), "auto", 2833 + 5667 * 2),
        ("gpt-5", (640, 480), "auto", 70 + 140 * 2),
        ("o1", (640, 480), "auto", 75 + 150 * 2),
        ("gpt-4.1-mini", (640, 480), "auto", 487 + 1),  # 300 * 1.62 is a little above 486 in binary, for the provider too (measured)
        ("gpt-5-mini", (640, 480), "auto", 360 + 1),
        ("gpt-4.1-mini", (1800, 2400), "auto", 2353 + 1),
    ],
)
def test_tokens_follow_from_the_size(model: str, size: tuple[int, int], detail: str, tokens: int) -> None:
    """640 by 480 are two tiles or 300 patches; 1800 by 2400 are shrunk to 33 by 44 patches."""
    assert image_tokens(model, data_url(png(*size)), detail) == tokens


def test_an_unknown_size_or_model_has_no_count() -> None:
    """It is left to the notes; the low detail needs no size."""
    assert image_tokens("gpt-4o", "https://example.org/lark.png", "auto") is None
    assert image_tokens("gpt-4o", "https://example.org/lark.png", "low") == 85
    assert image_tokens("lark-1", data_url(png(5, 5)), "auto") is None
