"""What counting takes and gives: the parts of an answer, and a number with what it leaves out."""

import msgspec


class Count(msgspec.Struct, frozen=True):
    """A number of tokens and what it leaves out.

    Attributes:
        tokens: The count.
        notes: What could not be counted, or was assumed; empty if a proven rule covers everything.
    """

    tokens: int
    notes: tuple[str, ...] = ()


class ToolCall(msgspec.Struct, frozen=True):
    """One function call of an answer; `arguments` is the text as generated."""

    name: str
    arguments: str


class Choice(msgspec.Struct, frozen=True):
    """What one choice of an answer said.

    Attributes:
        text: The visible text.
        refusal: The text of a refusal.
        tool_calls: Its function calls.
        finish_reason: Why it ended, such as `stop`, `length` or `tool_calls`; None while or because it did not.
    """

    text: str = ""
    refusal: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    finish_reason: str | None = None
