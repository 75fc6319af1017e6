"""Which encoding a model's tokens are counted with.

A name that no line knows is counted as o200k_base and said to be unknown, because new OpenAI models have used it since GPT-4o.
"""

import re
from enum import StrEnum
from typing import Final

import msgspec

from meterlark.tokens.family import bare_name


class Encoding(StrEnum):
    """An encoding, by the name its publisher gave it."""

    CL100K = "cl100k_base"
    O200K = "o200k_base"
    HARMONY = "o200k_harmony"


class ModelEncoding(msgspec.Struct, frozen=True):
    """The encoding of one model.

    Attributes:
        encoding: What to count with.
        is_known: False if the name is unknown and the encoding therefore assumed.
    """

    encoding: Encoding
    is_known: bool


# "map" is OpenAI's tiktoken/model.py (2026-08), "measured" is recorded usage (docs/reference/counting.md).
ENCODINGS: Final = tuple(
    (re.compile(pattern), encoding)
    for pattern, encoding in (
        (r"gpt-oss", Encoding.HARMONY),  # map
        (r"gpt-3\.5", Encoding.CL100K),  # map; measured
        (r"gpt-35-", Encoding.CL100K),  # map: how Azure spells gpt-3.5
        (r"gpt-4(?:$|[-:])", Encoding.CL100K),  # map; measured
        (r"text-embedding-", Encoding.CL100K),  # map; measured
        (r"(?:davinci|babbage)-002", Encoding.CL100K),  # map
        (r"gpt-4o", Encoding.O200K),  # map; measured
        (r"chatgpt-", Encoding.O200K),  # map for chatgpt-4o; the later ones are of its kind
        (r"gpt-4\.1", Encoding.O200K),  # map; measured. The map sends "ft:gpt-4.1" to cl100k, by the rule for "ft:gpt-4": an error
        (r"gpt-4\.5", Encoding.O200K),  # map
        (r"gpt-5", Encoding.O200K),  # map; measured up to 5.6
        (r"o[134](?:$|[-:])", Encoding.O200K),  # map; measured
        (r"codex-mini|computer-use", Encoding.O200K),  # not in the map; measured (computer-use), made from o4-mini (codex-mini)
        (r"gpt-audio|gpt-realtime|gpt-image", Encoding.O200K),  # not in the map; text of gpt-audio measured, made from GPT-4o
    )
)
"""Patterns for the start of a model's name; the first that matches counts."""


def encoding_of(model: str) -> ModelEncoding:
    """Return the encoding of a model, given by its name with or without `ft:` or a maker's prefix such as `openai/`."""
    name = bare_name(model)
    for pattern, encoding in ENCODINGS:
        if pattern.match(name):
            return ModelEncoding(encoding, is_known=True)
    return ModelEncoding(Encoding.O200K, is_known=False)
