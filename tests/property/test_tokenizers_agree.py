# ruff: noqa: RUF001 - characters that look alike are the subject
import random

import pytest
import toktok
from hypothesis import given
from hypothesis import strategies as st

from meterlark.tokens.encoding import Encoding
from meterlark.tokens.text import count_text

ENCODINGS = pytest.mark.parametrize("encoding", list(Encoding))

# Scripts, marks, emoji sequences, white space of all kinds, control characters, numerals that are no digits, code, control tokens, URLs.
NASTY = (
    "The lark's song: we'll hear it, I'm sure, they'd said; HE'S here, don’t 'TIS",
    "naïve café Ångström ﬁne ① ½ ² ٣٤٥ १२३ 一二三",
    "お誕生日おめでとう 안녕하세요 你好，世界 สวัสดีครับ مرحبا بالعالم שלום עולם Привет, мир γειά σου नमस्ते வணக்கம் გამარჯობა ሰላም",
    "👨‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇩🇪🇫🇷 ☺️ e\u0301a\u0300\u0316 Z͑ͫ̓a̎̍l̄̇g̍̇o",
    "\u00a0\u2003\u3000 \u200b\ufeff\u2028\u2029\x85\x1c\x1d",
    "\0\x01\x7f\x9f\ud7ff\ue000\ufffd\uffff\U0010ffff",
    "def f(x: int) -> None:\n\tif x > 0:\r\n        return {'a': [1, 2.50, -3e10]}  # done\n\n\n",
    "<|endoftext|><|im_start|>system<|im_end|><|fim_prefix|><|start|>assistant<|channel|>final<|message|>",
    "https://example.org/a/b?c=d&e=%20#f //comment /* */ \\\\server\\share C:\\temp",
    "1234567890 12 123 1234 12345 3.14159 1,000,000 0x1F 007",
    "          leading, trailing          \n\n\n   \t \t ",
    "CamelCaseHTTPServer snake_case kebab-case SCREAMING_SNAKE XMLHttpRequest2",
    "!!!???...---===***///\\\\\\|||~~~```'''\"\"\"",
    '{"k":"v","n":null,"u":"\\u00b0"}',
)


def theirs(text: str, encoding: Encoding) -> int:
    """Count with the other tokenizer."""
    counts: list[int] = toktok.batch_count([text], encoding.value, 1)
    return counts[0]


@ENCODINGS
@pytest.mark.parametrize("text", NASTY)
def test_tokenizers_agree_on_nasty_strings(encoding: Encoding, text: str) -> None:
    """Two implementations that share no code but the ranks."""
    assert count_text(text, encoding) == theirs(text, encoding)


@ENCODINGS
@pytest.mark.parametrize("run", [" ", "\t", "\n", "\r\n", "\u00a0", "=", "/", "a", "A", "aA", "0", "漢", "😀", "\u0301", "'s", " \n", "<|"])
def test_tokenizers_agree_on_runs(encoding: Encoding, run: str) -> None:
    """Lengths around where merges and digit groups change."""
    for length in (*range(1, 40), 127, 128, 129, 1_000, 4_097):
        assert count_text(run * length, encoding) == theirs(run * length, encoding), length


@ENCODINGS
def test_tokenizers_agree_on_mixtures(encoding: Encoding) -> None:
    """Pieces of the nasty strings, shuffled."""
    chance = random.Random(20261125)
    for _ in range(2_000):
        text = "".join(piece[chance.randrange(len(piece)) :][: chance.randrange(1, 12)] for piece in chance.choices(NASTY, k=6))
        assert count_text(text, encoding) == theirs(text, encoding), repr(text)


@ENCODINGS
@given(text=st.text(max_size=300))
def test_tokenizers_agree_on_any_text(encoding: Encoding, text: str) -> None:
    """Whatever Unicode has."""
    assert count_text(text, encoding) == theirs(text, encoding)
