import subprocess
import sys
from importlib import import_module

import pytest

from meterlark.tokens.encoding import Encoding, ModelEncoding, encoding_of
from meterlark.tokens.text import CONTROL, count_text

CL100K, O200K, HARMONY = Encoding.CL100K, Encoding.O200K, Encoding.HARMONY


@pytest.mark.parametrize(
    ("model", "encoding"),
    [
        ("gpt-3.5-turbo-0125", CL100K),
        ("gpt-35-turbo", CL100K),
        ("gpt-4", CL100K),
        ("gpt-4-turbo-2024-04-09", CL100K),
        ("ft:gpt-4:acme", CL100K),
        ("text-embedding-3-small", CL100K),
        ("gpt-4o-mini", O200K),
        ("ft:gpt-4.1-mini:acme::x", O200K),
        ("gpt-4.5-preview", O200K),
        ("o1", O200K),
        ("o3-mini", O200K),
        ("gpt-5.6", O200K),
        ("openai/gpt-5-nano", O200K),
        ("chatgpt-4o-latest", O200K),
        ("davinci-002", CL100K),
        ("computer-use-preview-2025-03-11", O200K),
        ("gpt-audio-2025-08-28", O200K),
        ("gpt-oss-120b", HARMONY),
    ],
)
def test_known_models_have_their_encoding(model: str, encoding: Encoding) -> None:
    """The rule was proven on recorded usage."""
    assert encoding_of(model) == ModelEncoding(encoding, is_known=True)


@pytest.mark.parametrize("model", ["gpt-6", "", "some-lark-7b", "omni", "text-davinci-003"])
def test_unknown_models_are_assumed_and_flagged(model: str) -> None:
    """New OpenAI models have used o200k since GPT-4o, but that is a guess."""
    assert encoding_of(model) == ModelEncoding(O200K, is_known=False)


# Counts published with the encodings' own library.
@pytest.mark.parametrize(
    ("text", "encoding", "tokens"),
    [
        ("", O200K, 0),
        ("hello world", CL100K, 2),
        ("hello world", O200K, 2),
        ("tiktoken is great!", CL100K, 6),
        ("tiktoken is great!", O200K, 6),
        ("antidisestablishmentarianism", CL100K, 6),
        ("2 + 2 = 4", CL100K, 7),
        ("お誕生日おめでとう", CL100K, 9),
        ("お誕生日おめでとう", O200K, 8),
    ],
)
def test_texts_are_counted_as_published(text: str, encoding: Encoding, tokens: int) -> None:
    """Pinned counts."""
    assert count_text(text, encoding) == tokens


def test_control_tokens_in_text_are_text() -> None:
    """A user who writes one is charged for what they wrote."""
    assert count_text("<|endoftext|>", O200K) > 1


@pytest.mark.parametrize("text", ["<|endoftext|>", "a<|endoftext|>b", "<|im_start|>user", "<|think|>", "<|"])
@pytest.mark.parametrize("encoding", list(Encoding))
def test_both_ways_to_count_agree(text: str, encoding: Encoding) -> None:
    """The one for texts that may spell a control token, and the fast one, which would match it: cut apart, nothing is spelled."""
    assert count_text(text, encoding) == len(import_module("splintr").Tokenizer.from_pretrained(encoding.value).encode_ordinary(text))


@pytest.mark.parametrize("encoding", [CL100K, O200K])
def test_every_control_token_begins_as_expected(encoding: Encoding) -> None:
    """So a text without that beginning can be counted by the call that matches control tokens."""
    splintr = import_module("splintr")
    tokenizer = splintr.Tokenizer.from_pretrained(encoding.value)
    last_of_text = {CL100K: 100_255, O200K: 199_997}[encoding]
    control = []
    for number in range(last_of_text + 1, tokenizer.vocab_size):
        try:
            control.append(tokenizer.decode_token(number))
        except ValueError:  # a number that is not used
            continue

    assert "<|endoftext|>" in control
    assert not [token for token in control if not token.startswith(CONTROL)]


def test_a_lone_surrogate_is_counted() -> None:
    """It cannot be sent as UTF-8, but must not cost the event; a proper pair is the character."""
    assert count_text("a\ud800b", O200K) == count_text("a\ufffdb", O200K)
    assert count_text("\ud83d\udc26", O200K) == count_text("🐦", O200K)


@pytest.mark.parametrize("character", [" ", "\t", "\u00a0", "\n", "=", "a", "1", "漢", "😀", "\u0301"])
def test_long_runs_are_counted_in_bounded_time(character: str) -> None:
    """A million of one character, which ended or slowed down other tokenizers, is counted (the test's time limit bites)."""
    assert 0 < count_text(character * 1_000_000, O200K) <= 1_000_001


def test_nothing_is_loaded_at_import() -> None:
    """Importing the package costs neither the tokenizer nor a thread."""
    program = (
        "import sys, threading, meterlark; meterlark.Meter; "
        "assert 'splintr' not in sys.modules and 'openai' not in sys.modules; assert threading.active_count() == 1"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
