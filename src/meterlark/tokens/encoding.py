"""Which encoding a model's tokens are counted with.

The rule was proven on recorded usage of OpenAI models from GPT-3.5 to GPT-5.6 (reference llm-usage.md section 2.3): cl100k_base is GPT-3.5,
GPT-4 before GPT-4o, and the text-embedding models; everything newer is o200k_base; the open-weight GPT-OSS has o200k_harmony.
A name that the rule does not know is counted as o200k_base and said to be unknown, because new OpenAI models have used it since GPT-4o.
"""

import re
from enum import StrEnum
from typing import Final

import msgspec


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


# "gpt-35-" is how Azure spells gpt-3.5 in deployment names.
_CL100K: Final = re.compile(r"gpt-3\.5|gpt-35-|gpt-4(?:$|[-:])|text-embedding-")
_HARMONY: Final = re.compile(r"gpt-oss")
_O200K: Final = re.compile(r"gpt-4o|gpt-4\.[15]|gpt-5|chatgpt-|o[134](?:$|[-:])|codex-|gpt-audio|gpt-realtime|gpt-image|computer-use")


def encoding_of(model: str) -> ModelEncoding:
    """Return the encoding of a model, given by its name with or without `ft:` or a maker's prefix such as `openai/`."""
    name = model.lower().removeprefix("ft:").rpartition("/")[2]
    if _CL100K.match(name):
        return ModelEncoding(Encoding.CL100K, is_known=True)
    if _HARMONY.match(name):
        return ModelEncoding(Encoding.HARMONY, is_known=True)
    return ModelEncoding(Encoding.O200K, is_known=_O200K.match(name) is not None)
