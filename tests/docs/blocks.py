"""The code blocks of a page, and what is to be done with each.

A comment before a block says what it is, where its language does not:

    <!-- not run: REASON -->   it is not executed
    <!-- file: NAME -->        it is the content of a file that later blocks use
    <!-- prints -->            it is what the block before it printed, with other white space at most
    <!-- prints like -->       the same, with other digits
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PAGES = sorted([REPOSITORY / "README.md", REPOSITORY / "CONTRIBUTING.md", REPOSITORY / "SECURITY.md", *REPOSITORY.glob("docs/**/*.md")])
RUN = ("sh", "python")
CHECKED = ("json", "jsonl", "toml")
"""Languages of blocks that must at least be well-formed."""

_COMMENT = re.compile(r"<!-- (?P<word>not run|file|prints like|prints)(?:: (?P<text>.+))? -->")
_FENCE = re.compile(r"```(?P<language>[a-z]*)")


@dataclass(frozen=True)
class Block:
    """One code block.

    Attributes:
        page: The page.
        line: Line of its first fence, from 1.
        language: As the fence says; empty for none.
        text: What is in it.
        word: What the comment before it says that it is; empty for none.
        detail: The comment's reason or name.
    """

    page: Path
    line: int
    language: str
    text: str
    word: str
    detail: str

    @property
    def place(self) -> str:
        """Where it stands, for a person."""
        return f"{self.page.relative_to(REPOSITORY)}:{self.line}"


def blocks(page: Path) -> Iterator[Block]:
    """Yield the blocks of a page."""
    comment: re.Match[str] | None = None
    language, start, text = "", 0, list[str]()
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        fence = _FENCE.fullmatch(line.strip()) if line.startswith("```") else None
        if start and fence is not None:
            word, detail = (comment["word"], comment["text"] or "") if comment is not None else ("", "")
            yield Block(page, start, language, "\n".join(text) + "\n", word, detail)
            comment, start, text = None, 0, []
        elif start:
            text.append(line)
        elif fence is not None:
            language, start = fence["language"], number
        elif line.strip():
            comment = _COMMENT.fullmatch(line.strip())
    assert not start, f"{page}: the block of line {start} has no end"
