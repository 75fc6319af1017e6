"""Count a text while it arrives, exactly as if it had been counted whole.

Encodings first split a text with a regular expression and then encode each piece alone. So a text may be counted in parts wherever no piece
can cross. For cl100k and o200k (patterns: `tiktoken_ext/openai_public.py`, 2024) that holds between:

1. a character that is not white space, and a blank: a blank only begins a piece, or is in a run of white space;
2. a letter or digit of any script, and ASCII punctuation other than the apostrophe: letters end with a contraction at most;
3. an ASCII letter and an ASCII digit: no piece has both.

Line ends are no boundary, because punctuation before them takes them in. The last two are looked for only when a text has gone on without
a blank for a while, as in code, tables, and scripts that do not use blanks.
"""

import re
from typing import Final

from meterlark.tokens.encoding import Encoding
from meterlark.tokens.text import count_text

PATIENCE: Final = 64
"""Characters that may wait for a blank before the other boundaries are looked for; English words are far shorter."""

_OTHER_BOUNDARY: Final = re.compile(r"[^\W_](?=[!-&(-/:-@\[-`{-~])|[A-Za-z](?=[0-9])")


class IncrementalCount:
    """Counts a text that arrives in chunks.

    Costs the chunk, plus each part once when its end is known. Memory holds what waits for a boundary: about a word, the whole text if it
    has none. Where a running total is not needed, joining the chunks and counting once is cheaper still.

    Args:
        encoding: What to count with.
    """

    def __init__(self, encoding: Encoding) -> None:
        self._encoding = encoding
        self._committed = 0
        self._waiting: list[str] = []
        self._length = 0
        self._last = ""

    def add(self, chunk: str) -> None:
        """Take the next chunk, of any length."""
        if not chunk:
            return
        # The boundary may be between the last character that waits and the first of the chunk.
        at = _boundary(self._last + chunk, has_patience=self._length + len(chunk) <= PATIENCE) - len(self._last)
        if at >= 0:
            self._waiting.append(chunk[:at])
            self._committed += count_text("".join(self._waiting), self._encoding)
            self._waiting = [chunk[at:]]
            self._length = len(chunk) - at
        else:
            self._waiting.append(chunk)
            self._length += len(chunk)
        self._last = chunk[-1]

    @property
    def tokens(self) -> int:
        """Tokens of everything that has arrived; costs a count of what waits."""
        return self._committed + count_text("".join(self._waiting), self._encoding)


def _boundary(text: str, *, has_patience: bool) -> int:
    """Return where the last boundary in a text is, at least 1; -1 if there is none."""
    blank = text.rfind(" ")
    while blank > 0:
        if not text[blank - 1].isspace():
            return blank
        blank = text.rfind(" ", 0, blank)
    if has_patience:
        return -1
    last = -1
    for found in _OTHER_BOUNDARY.finditer(text):
        last = found.end()
    return last
