"""How fast is counting, and what does a stream's chunk cost?

Input: Python's own reference texts (English prose, code and tables), the same on every machine with the same Python, cut into messages, and
the recorded exchanges' texts where they are there. Every count is compared with a second tokenizer beside its timing. Times are CPU time of
the process, because the machine may be shared; the first round is cold: the tokenizer remembers the pieces of words it has met.

Usage: python bench/count_speed.py [--rounds N]
"""

import argparse
import json
import platform
import time
from collections.abc import Callable
from pydoc_data.topics import topics
from statistics import median
from typing import NamedTuple

import toktok
from recorded_answers import find_recordings, read_records

from meterlark.tokens.chat import count_prompt
from meterlark.tokens.encoding import Encoding
from meterlark.tokens.incremental import IncrementalCount
from meterlark.tokens.text import count_text

AIM = 80  # MB/s of messages, the aim of counting
MESSAGE = 400  # characters; the recorded messages have 444 on average
CHUNK = 4  # characters; a token is about that long, and a stream has a token a chunk


def reference_messages() -> list[str]:
    """Return the reference texts in messages."""
    return [text[start : start + MESSAGE] for text in topics.values() for start in range(0, len(text), MESSAGE)]


def recorded_messages() -> list[str]:
    """Return each text of the recorded conversations once, none if they are not there."""
    folder = find_recordings()
    texts: dict[str, None] = {}
    for record in read_records(folder) if folder else ():
        for message in record["request"].get("messages") or ():
            if isinstance(message, dict) and isinstance(message.get("content"), str):
                texts[message["content"]] = None
    return list(texts)


class Taken(NamedTuple):
    """CPU seconds that some work took."""

    first: float
    best: float
    median: float

    def rates(self, size: float) -> str:
        """Return how much was done a second."""
        return f"first {size / self.first:6.1f}, best {size / self.best:6.1f}, median {size / self.median:6.1f} MB/s"

    def costs(self, number: int) -> str:
        """Return what one of many cost."""
        return f"best {1e6 * self.best / number:6.2f}, median {1e6 * self.median / number:6.2f} us"


def take(work: Callable[[], object], rounds: int) -> Taken:
    """Return how long some work took, in the first round and in the others."""
    taken = []
    for _ in range(rounds + 1):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return Taken(taken[0], min(taken[1:]), median(taken[1:]))


def show_messages(name: str, texts: list[str], encoding: Encoding, rounds: int) -> None:
    """Time messages one by one."""
    size = sum(len(text.encode()) for text in texts) / 1e6
    taken = take(lambda: [count_text(text, encoding) for text in texts], rounds)
    assert [count_text(text, encoding) for text in texts] == toktok.batch_count(texts, encoding.value, 1)
    print(f"{name:<22} {encoding.value:<12} {len(texts):>6,} messages, {size:5.2f} MB: {taken.rates(size)}")


def show_streams(texts: list[str], encoding: Encoding, rounds: int) -> None:
    """Time chunks of streams: with a total that is read at the end, after each chunk, and joined chunks that are counted once."""
    streams = [[text[start : start + CHUNK] for start in range(0, len(text), CHUNK)] for text in texts[:300]]
    chunks = sum(map(len, streams))

    def incremental(*, reads: bool) -> list[int]:
        totals = []
        for stream in streams:
            counter = IncrementalCount(encoding)
            for chunk in stream:
                counter.add(chunk)
                if reads:
                    _ = counter.tokens
            totals.append(counter.tokens)
        return totals

    def joined() -> list[int]:
        totals = []
        for stream in streams:
            pieces: list[str] = []
            for chunk in stream:
                pieces.append(chunk)  # noqa: PERF402 - a stream's chunks come one by one
            totals.append(count_text("".join(pieces), encoding))
        return totals

    assert joined() == incremental(reads=False) == incremental(reads=True)
    for name, work in (
        ("joined, counted once", joined),
        ("incremental", lambda: incremental(reads=False)),
        ("incremental, read each", lambda: incremental(reads=True)),
    ):
        print(f"{name:<22} {encoding.value:<12} {chunks:>6,} chunks of {CHUNK}: {take(work, rounds).costs(chunks)}")


def show_prompt(rounds: int) -> None:
    """Time a whole request with two functions."""
    song = {"type": "object", "properties": {"name": {"type": "string", "description": "Which one."}, "loud": {"type": "boolean"}}}
    tools = [{"type": "function", "function": {"name": name, "description": "Sing it.", "parameters": song}} for name in ("sing", "hum")]
    request = {"messages": [{"role": "system", "content": "You are a lark."}, {"role": "user", "content": "Sing at dawn."}], "tools": tools}
    assert not count_prompt(request, model="gpt-4o").notes
    taken = take(lambda: [count_prompt(request, model="gpt-4o") for _ in range(1_000)], rounds)
    print(f"a prompt with two functions, {len(json.dumps(request))} bytes: {taken.costs(1_000)}")


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9, help="how often each is timed")
    rounds = parser.parse_args().rounds
    print(f"{platform.platform()}, Python {platform.python_version()}; aim: {AIM} MB/s")
    for encoding in (Encoding.O200K, Encoding.CL100K):
        began = time.process_time()
        count_text("lark", encoding)
        print(f"loading {encoding.value}: {1e3 * (time.process_time() - began):.0f} ms")
        messages = reference_messages()
        show_messages("reference texts", messages, encoding, rounds)
        show_messages("reference, one text", ["".join(messages)], encoding, rounds)
        if recorded := recorded_messages():
            show_messages("recorded texts", recorded, encoding, rounds)
        show_streams(messages, encoding, rounds)
    show_prompt(rounds)


if __name__ == "__main__":
    main()
