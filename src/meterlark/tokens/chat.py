"""The names that the rest of Meterlark counts with; the rules are in the other files of this folder."""

from meterlark.tokens.completion import count_completion
from meterlark.tokens.count import Choice, Count, ToolCall
from meterlark.tokens.prompt import count_prompt

__all__ = ["Choice", "Count", "ToolCall", "count_completion", "count_prompt"]
