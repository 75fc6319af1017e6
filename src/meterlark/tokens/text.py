"""Count the tokens of one text, offline, with the ranks inside the splintr wheel.

Nothing is loaded at import: the extension costs about 20 ms and an encoding's ranks about 50 ms and 30 MB, paid by the first count.
Text that spells a control token (`<|endoftext|>`) is counted as the plain text it is, as providers do with what users send.
"""

from functools import cache
from importlib import import_module
from typing import Protocol

from meterlark.tokens.encoding import Encoding


class _Tokenizer(Protocol):
    def encode_ordinary(self, text: str, /) -> list[int]: ...


@cache
def _tokenizer(encoding: Encoding) -> _Tokenizer:
    loaded: _Tokenizer = import_module("splintr").Tokenizer.from_pretrained(encoding.value)
    return loaded


def count_text(text: str, encoding: Encoding) -> int:
    """Return how many tokens a text has; linear in its length, the first call for an encoding also loads it.

    A lone surrogate, which no provider can receive as UTF-8, counts as the replacement character.
    """
    if not text:
        return 0
    try:
        return len(_tokenizer(encoding).encode_ordinary(text))
    except UnicodeEncodeError:
        return len(_tokenizer(encoding).encode_ordinary(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")))
