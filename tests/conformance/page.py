"""The page `docs/reference/conformance.md`: every row, what each wrapper recorded of it, and what reached its caller."""

from collections.abc import Iterator, Mapping
from datetime import date

from measured import Played
from rows import DETAILED, DETAILS, READ, ROWS, TOLD, Row
from verdicts import Verdict

COMMAND = "script/conformance"

HEAD = f"""# Conformance

Written by `{COMMAND}` on {{date}}; do not edit it.

What does a wrapper record of an LLM call, whatever the caller does with it?
Each row is a call, made through each wrapper against a provider on loopback (`meterlark.testing.provider`) which knows what the call cost:
{TOLD.prompt} tokens in, {TOLD.cached} of them cached, {TOLD.completion} out, {TOLD.reasoning} of them reasoning, on the tier `flex`.
A call that is given up after {READ} words costs the prompt and these words, because the provider stops there until its caller has left.
Words and prompt are made so that their tokens are known.

A cell says **exact**, or what was recorded instead; `no usage` is a record without tokens, `nothing` no record at all.
Ours adds where the number comes from: `reported` by the provider, `injected` (a stream was asked for usage, the caller sees nothing of it),
`partial` (the text that arrived was counted).
Behind `caller:` stands what the caller of the bare SDK would not have seen: more or fewer chunks, other contents, another exception, a
connection that stays open. `-` is an SDK or a call that the wrapper does not know.

The rows and callers are in `tests/conformance/`, one small file a wrapper in `tests/conformance/adapters/`.
If a wrapper is used there other than its makers would, that is a mistake, and we want to hear of it.
The tests run our rows each time, with a wrapper that is known to be bad.
"""

NOTES = """
- Of a stream of Anthropic's that is given up, the input is what its start reports, exact.
  The output is counted with an encoding of OpenAI's, because Claude's is not public, and the event says so in `count_notes`.
  The provider here speaks in words that the encoding knows; with a real Claude that number is an estimate.
- What a provider makes after its caller has left, nobody knows who does not read on; `partial` counts what arrived.
- LiteLLM is a client of its own, so its caller is compared with LiteLLM without a logger.
- A wrapper's number may leave out what Anthropic and Google leave out (cached tokens, thoughts) where that is recorded beside it.
"""


def page(played: Mapping[str, Played], bares: Mapping[str, Played], titles: Mapping[str, str], today: date) -> str:
    """Return the page.

    Args:
        played: By adapter; the first is ours.
        bares: By adapter, what is seen without it.
        titles: By adapter, the name in the head of its column.
        today: The date of the run.
    """
    lines = [HEAD.format(date=today.isoformat()), "## Rows"]
    lines += _table(["", "call", *(titles[name] for name in played)], _rows(played, bares))
    lines += ["", "## Details", "What else decides a price, of the rows that have it.", ""]
    lines += _table(["detail", "call", *(titles[name] for name in played)], _details(played))
    lines += ["", "## Notes", NOTES.strip(), "", "## Versions"]
    lines += ["Each wrapper in one environment, locked with hashes in `requirements/conformance.txt`, on Python 3.11 or newer:", ""]
    lines += [f"- {titles[name]}: {_versions(one)}" for name, one in played.items()]
    lines += [f"- SDKs: {_versions(next(iter(bares.values())))}"]
    lines += ["", "OpenLIT is not among them: it needs a version of `anthropic` that the others do not take.", ""]
    return "\n".join(lines)


def _table(heads: list[str], rows: Iterator[list[str]]) -> list[str]:
    return [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|", *(f"| {' | '.join(row)} |" for row in rows)]


def _rows(played: Mapping[str, Played], bares: Mapping[str, Played]) -> Iterator[list[str]]:
    totals = {name: [0, 0, 0] for name in played}
    for row in ROWS:
        verdicts = {name: one.verdict(row, bares[name]) for name, one in played.items()}
        for name, verdict in verdicts.items():
            if verdict is not None:
                found = (1, verdict.is_exact, bool(verdict.leaks))
                totals[name] = [before + more for before, more in zip(totals[name], found, strict=True)]
        yield [row.key, _title(row), *map(_cell, verdicts.values())]
    yield ["", "**exact**", *(f"**{exact} of {all_rows}**" for all_rows, exact, _ in totals.values())]
    yield ["", "**reached the caller**", *(f"**{leaky}**" for _, _, leaky in totals.values())]


def _details(played: Mapping[str, Played]) -> Iterator[list[str]]:
    for detail in DETAILS:
        for row in ROWS:
            if row.key in DETAILED:
                yield [detail, f"{row.key}, {row.title}", *(_cell(one.detail(row, detail)) for one in played.values())]


def _title(row: Row) -> str:
    return row.title if row.kind in ("openai", "async_openai") else f"{row.key.partition(' ')[0]}: {row.title}"


def _cell(verdict: Verdict | None) -> str:
    return "-" if verdict is None else str(verdict).replace("|", "\\|")


def _versions(played: Played) -> str:
    return ", ".join(f"{package} {version}" for package, version in played.versions.items())
