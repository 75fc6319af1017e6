"""Every recorded exchange as cases: what was reported, what Meterlark and others count, and to which category it belongs.

A case is unique by its request and its usage, so that repeated recordings weigh once. Repositories are split into two halves by a hash of
their names: rules were looked for on half A, half B shows whether they hold elsewhere.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from baselines import bare_completion, cookbook, hmarr
from recorded_answers import Record, choices_of, read_records

from meterlark.tokens.chat import Choice, Count, count_completion, count_prompt
from meterlark.tokens.encoding import encoding_of
from meterlark.tokens.request import functions_of, schema_of

OPERATIONS = {"chat/completions": "chat", "responses": "responses", "embeddings": "embeddings", "completions": "completions"}
JUNE_2025 = 1_748_736_000
WINDOW = (1_735_689_600, 1_747_699_200)
"""2025-01-01 to 2025-05-20, when OpenAI counted one token more (tokens/completion.py)."""

INVENTED = 1_700_000_000
"""The `created` of recordings that were written or rewritten by hand."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One number of one exchange.

    Attributes:
        question: `prompt` or `completion`.
        category: What kind of request or answer it is.
        half: `A` or `B`.
        reported: The provider's number.
        counted: Meterlark's.
        others: What others' formulas give, by name; None where they stop with an error.
        cause: Why it may differ; empty if it does not.
        where: Which recording it is.
    """

    question: str
    category: str
    half: str
    reported: int
    counted: int
    others: dict[str, int | None]
    cause: str
    where: str


def half_of(repository: str) -> str:
    """Return the half of a repository."""
    return "AB"[hashlib.sha256(repository.encode()).digest()[0] & 1]


def read_cases(folder: Path) -> Iterator[Case]:
    """Yield every case of the recordings."""
    seen: set[bytes] = set()
    for record in read_records(folder):
        if record["endpoint"] not in OPERATIONS:
            continue
        if _is_new(seen, [record["endpoint"], record["request"], _model(record), _input_tokens(record)]):
            yield _prompt_case(record)
        if record["usage"].get("completion_tokens", record["usage"].get("output_tokens")) and _is_new(
            seen, [record["request"], record["usage"]]
        ):
            yield _completion_case(record)


def _is_new(seen: set[bytes], key: list[Any]) -> bool:
    digest = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).digest()
    is_new = digest not in seen
    seen.add(digest)
    return is_new


def _prompt_case(record: Record) -> Case:
    request, model, operation = record["request"], _model(record), OPERATIONS[record["endpoint"]]
    count = count_prompt(request, model=model, operation=operation, created=_created(record))
    encoding = encoding_of(model).encoding
    others = {"cookbook": cookbook(request, encoding), "hmarr": hmarr(request, encoding)} if operation == "chat" else {}
    return _case(record, "prompt", _prompt_category(request, operation, count), reported=_input_tokens(record), count=count, others=others)


def _completion_case(record: Record) -> Case:
    model, operation, choices = _model(record), OPERATIONS[record["endpoint"]], choices_of(record)
    count = count_completion(
        choices,
        model=model,
        is_complete=all(choice.finish_reason for choice in choices),
        request=record["request"],
        provider=record["provider"],
        operation=operation,
        created=_created(record),
    )
    usage = record["usage"]
    details = usage.get("completion_tokens_details") or usage.get("output_tokens_details") or {}
    reported = usage.get("completion_tokens", usage.get("output_tokens")) - (details.get("reasoning_tokens") or 0)
    others: dict[str, int | None] = {"text alone": bare_completion(choices, encoding_of(model).encoding)}
    category = _completion_category(record, model, operation, choices, count)
    return _case(record, "completion", category, reported=reported, count=count, others=others)


def _case(record: Record, question: str, category: str, *, reported: int, count: Count, others: dict[str, int | None]) -> Case:
    return Case(
        question=question,
        category=category,
        half=half_of(record["repo"]),
        reported=reported,
        counted=count.tokens,
        others=others,
        cause="" if count.tokens == reported else _cause(record, question, category, count.tokens - reported),
        where=f"{record['repo']} {record['path']} {record['idx']}",
    )


def _model(record: Record) -> str:
    return record.get("model_returned") or record["request"].get("model") or ""


def _input_tokens(record: Record) -> int:
    usage = record["usage"]
    tokens: int = usage["prompt_tokens"] if "prompt_tokens" in usage else usage["input_tokens"]
    return tokens


def _created(record: Record) -> float | None:
    """Return when an answer was made, None if its recorder has rewritten that."""
    created = record.get("created")
    return created if created and created > 1_000_000_000 else None


def _unruled(count: Count) -> str:
    """Return the category of what has no rule, empty if all has."""
    if any(note.startswith("encoding assumed") for note in count.notes):
        return "models without a known encoding"
    unknown = sorted(
        {note.removeprefix("not counted: ") for note in count.notes if note.startswith("not counted") and "reasoning" not in note}
    )
    if not unknown:
        return ""
    hosted = any(note.startswith("tool ") for note in unknown)
    return "no rule: hosted tools" if hosted else f"no rule: {unknown[0]}"


def _prompt_category(request: dict[str, Any], operation: str, count: Count) -> str:
    if unruled := _unruled(count):
        return unruled
    if operation in ("embeddings", "completions"):
        return operation
    prefix = "Responses: " if operation == "responses" else ""
    messages = request.get("messages") or request.get("input") or ()
    parts = [part for message in messages if isinstance(message, dict) for part in _parts(message) if isinstance(part, dict)]
    if any(part.get("type") in ("image_url", "input_image") for part in parts):
        return f"{prefix}images of known size"
    if any(_is_of_tools(message) for message in messages if isinstance(message, dict)):
        return f"{prefix}tool history"
    if functions_of(request, []):
        return f"{prefix}tools"
    return f"{prefix}json_schema" if schema_of(request) is not None else f"{prefix}plain"


def _parts(message: dict[str, Any]) -> list[Any]:
    content = message.get("content")
    return content if isinstance(content, list) else []


def _is_of_tools(message: dict[str, Any]) -> bool:
    return (
        bool(message.get("tool_calls") or message.get("function_call"))
        or message.get("role") in ("tool", "function")
        or (str(message.get("type")).startswith("function_call"))
    )


def _completion_category(record: Record, model: str, operation: str, choices: list[Choice], count: Count) -> str:
    if unruled := _unruled(count):
        return unruled
    family = "GPT-5, without reasoning" if model.startswith("gpt-5") else "o-series, without reasoning" if model.startswith("o") else ""
    if not family:
        family = "GPT-4o and GPT-4.1" if model.startswith(("gpt-4o", "gpt-4.1")) else "GPT-3.5 and GPT-4"
    if operation != "chat":
        return f"Responses: {family}" if operation == "responses" else "legacy completions"
    if record["provider"] != "openai":
        return f"{'Azure' if record['provider'] == 'azure' else 'GitHub Models'}: {family}"
    if family != "GPT-4o and GPT-4.1":
        return family
    if not all(choice.finish_reason for choice in choices):
        return f"{family}, cut"
    created = _created(record)
    if created is None:
        return f"{family}, date unknown"
    if created >= JUNE_2025:
        return f"{family}, {'streams' if record['stream'] else 'not streamed'}, since June 2025"
    return f"{family}, {'January to 20 May 2025' if WINDOW[0] <= created < WINDOW[1] else 'other dates'}"


def _cause(record: Record, question: str, category: str, difference: int) -> str:
    """Return what a difference may come from; only what a recording shows by itself is named."""
    request = json.dumps(record["request"])
    if record.get("created") == INVENTED:
        return "recording written by hand"
    if category.startswith(("no rule", "models without")):
        return category
    if "o-series" in category:
        return "hidden overhead of the o-series"
    if "without reasoning" in category:
        return "GPT-5: hidden tokens beside the reported reasoning"
    if question == "completion" and schema_of(record["request"]) is not None and functions_of(record["request"], []):
        return "schema beside functions: at times more is counted for the same request and answer"
    if question == "completion":
        return "January to May 2025: not on all servers" if "May 2025" in category else "unexplained"
    if "iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB" in request and abs(difference) > 1000:
        return "image replaced by a pixel in the recording"
    if category.endswith("plain") and difference < -100:
        return "recorded request is shorter than what was sent"
    if "search" in _model(record):
        return "search model: prompt is rewritten"
    if category.startswith("Responses") and "history" in category:
        return "Responses: calls in the history"
    if '"type": ["' in request:
        return "schema: list of types"
    if '"anyOf"' in request:
        return "schema: alternatives"
    return "unexplained"
