"""How much CPU does it take to price an event? Ours beside genai-prices and LiteLLM, on the same uses, in the same process, in turns.

Each shape is a use that a provider returned: plain, cached with reasoning, longer than the long-context threshold, cache writes of two
lifetimes, and 50 models in turn. Before timing, every answer is asserted: ours against fractions worked out here, the peers' against ours.
Run it with `script/prices --bench`, which brings the peers; alone it measures ours only. CPU time, median of the rounds, least and most.
"""

import argparse
import importlib
import importlib.util
import os
import platform
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from fractions import Fraction
from statistics import median
from typing import Any

from meterlark.catalog.memory import MemoryCatalog
from meterlark.model.event import Event
from meterlark.price_files import read_bundled_documents
from meterlark.pricing.book import PriceBook
from meterlark.pricing.cost import price_event
from meterlark.pricing.journal import Origin
from meterlark.pricing.usage import read_consumption
from meterlark.service.cost import Costs
from meterlark.service.prices import Prices

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
AIM_US = 5.0  # CPU microseconds from an event's data to its cost
TO_COST = "ours, event to cost"
ROUNDS = 7
ADDRESSES = {"openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com/v1"}
MODELS_IN_TURN = 50
CALLS = {
    "ours, event to columns": 20_000,
    "ours, event to cost": 20_000,
    "ours, quantities to cost": 20_000,
    "genai-prices": 1_000,
    "litellm": 500,
}

# Shape, provider, model, quantities, and the amount in dollars for a million of each disjoint part, by hand from the providers' pages.
SHAPES: list[tuple[str, str, str, dict[str, int], Fraction]] = [
    (
        "plain",
        "openai",
        "gpt-4o-mini-2024-07-18",
        {"input_tokens": 1234, "output_tokens": 567},
        1234 * Fraction("0.15") + 567 * Fraction("0.6"),
    ),
    (
        "cached, reasoning",
        "openai",
        "gpt-5-2025-08-07",
        {"input_tokens": 5234, "cache_read_input_tokens": 4096, "output_tokens": 1567, "reasoning_output_tokens": 1024},
        4096 * Fraction("0.125") + 1138 * Fraction("1.25") + 1567 * 10,
    ),
    (
        "long context",
        "openai",
        "gpt-5.4-2026-03-05",
        {"input_tokens": 300_000, "cache_read_input_tokens": 200_000, "output_tokens": 1_000},
        200_000 * Fraction("0.5") + 100_000 * Fraction(5) + 1_000 * Fraction("22.5"),
    ),
    (
        "cache writes",
        "anthropic",
        "claude-haiku-4-5-20251001",
        {
            "input_tokens": 9000,
            "cache_read_input_tokens": 4000,
            "cache_creation_input_tokens": 3000,
            "cache_creation_5m_input_tokens": 2000,
            "cache_creation_1h_input_tokens": 1000,
            "output_tokens": 300,
        },
        4000 * Fraction("0.1") + 1000 * 2 + 2000 * Fraction("1.25") + 2000 + 300 * 5,
    ),
]

Call = Callable[[], Any]


def event_data(provider: str, model: str, quantities: dict[str, int]) -> dict[str, Any]:
    """Return the data of an event as the SDK sends it: the priced quantities among everything else."""
    return {
        "provider": provider,
        "operation": "chat",
        "request_model": model,
        "response_model": model,
        "model": model,
        "service_tier": "default",
        "stream": True,
        "usage_source": "injected",
        "prompt_tokens": quantities["input_tokens"],
        "completion_tokens": quantities["output_tokens"],
        "total_tokens": quantities["input_tokens"] + quantities["output_tokens"],
        "input_audio_tokens": 0,
        "output_audio_tokens": 0,
        "accepted_prediction_tokens": 0,
        "rejected_prediction_tokens": 0,
        **quantities,
        "finish_reason": "stop",
    }


def ours(book: PriceBook, costs: Costs, provider: str, model: str, quantities: dict[str, int]) -> dict[str, Call]:
    """Return our paths: what the projector does with an event, from the event's data, and from quantities that were read before."""
    data = event_data(provider, model, quantities)
    source = f"{provider}:{ADDRESSES[provider]}"
    used = read_consumption(data, AT, source)
    event = Event("default", "id", source, "llm.usage", "acme", AT, data, b"")
    return {
        "ours, event to columns": lambda: costs.derive(1, event)["cost"],
        TO_COST: lambda: price_event(book, read_consumption(data, AT, source)).amount,
        "ours, quantities to cost": lambda: price_event(book, used).amount,
    }


def genai(provider: str, model: str, quantities: dict[str, int]) -> Call | None:
    """Return the call of genai-prices; None when it is not installed. Its Usage is made before the clock starts."""
    if importlib.util.find_spec("genai_prices") is None:
        return None
    package = importlib.import_module("genai_prices")
    names = {
        "cache_read_input_tokens": "cache_read_tokens",
        "cache_creation_input_tokens": "cache_write_tokens",
        "cache_creation_5m_input_tokens": "cache_write_5m_tokens",
        "cache_creation_1h_input_tokens": "cache_write_1h_tokens",
        "reasoning_output_tokens": "output_reasoning_tokens",
    }
    usage = package.Usage(**{names.get(unit, unit): count for unit, count in quantities.items()})
    return lambda: package.calc_price(usage, model, provider_id=provider, genai_request_timestamp=AT).total_price


def litellm(provider: str, model: str, quantities: dict[str, int]) -> Call | None:
    """Return LiteLLM's call; None when it is not installed. Its response object is made before the clock starts."""
    if importlib.util.find_spec("litellm") is None:
        return None
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # it asks the network for prices otherwise
    package = importlib.import_module("litellm")
    get = quantities.get
    usage = package.Usage(
        prompt_tokens=quantities["input_tokens"],
        completion_tokens=quantities["output_tokens"],
        total_tokens=quantities["input_tokens"] + quantities["output_tokens"],
        prompt_tokens_details={
            "cached_tokens": get("cache_read_input_tokens", 0),
            "cache_creation_tokens": get("cache_creation_input_tokens", 0),
            "cache_creation_token_details": {
                "ephemeral_5m_input_tokens": get("cache_creation_5m_input_tokens", 0),
                "ephemeral_1h_input_tokens": get("cache_creation_1h_input_tokens", 0),
            },
        },
        completion_tokens_details={"reasoning_tokens": get("reasoning_output_tokens", 0)},
    )
    response = package.ModelResponse(model=model, usage=usage)
    return lambda: package.completion_cost(completion_response=response, model=model, custom_llm_provider=provider)


def check(name: str, shape: str, amount: Any, expected: Fraction) -> str:
    """Assert our answer exactly; return what is wrong with a peer's, or nothing."""
    if name.startswith("ours"):
        assert Fraction(amount) == expected, f"{name}, {shape}: {amount}, not {float(expected)}"
        return ""
    # genai-prices has 28 digits, LiteLLM binary fractions.
    difference = abs(Fraction(amount) - expected) / expected
    return "" if difference < Fraction(1, 10**9) else f"  ANOTHER ANSWER: {float(amount):.9f}, not {float(expected):.9f}"


def cpu_us(call: Call, times: int) -> float:
    """Return the CPU microseconds of one call."""
    begun = time.process_time()
    for _ in range(times):
        call()
    return 1e6 * (time.process_time() - begun) / times


def in_turn(calls: list[Call]) -> Call:
    """Return a call that makes the next of several."""

    def endless() -> Iterator[Any]:
        while True:
            for call in calls:
                yield call()

    return endless().__next__


def measure(shape: str, calls: dict[str, Call], remarks: dict[str, str], number: int) -> float:
    """Time the calls in turns, print a line for each, and return our median from an event to its cost."""
    for name, call in calls.items():
        cpu_us(call, CALLS[name] // 10)
    rounds: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(number):
        for name, call in calls.items():
            rounds[name].append(cpu_us(call, CALLS[name]))
    for name, taken in rounds.items():
        print(f"{shape:<18} {name:<26} {median(taken):8.2f} us  ({min(taken):.2f} to {max(taken):.2f}){remarks.get(name, '')}", flush=True)
    return median(rounds[TO_COST])


def main() -> None:
    """Check, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each is timed")
    rounds = parser.parse_args().rounds
    begun = time.process_time()
    documents = read_bundled_documents()
    book = PriceBook(documents)
    print(
        f"{platform.platform()}, Python {platform.python_version()}; price book made in {1e3 * (time.process_time() - begun):.0f} ms of CPU"
    )
    given = [(Origin.BUNDLED, document) for document in documents]
    costs = Costs(Prices(MemoryCatalog(), given, head=0, now=lambda: AT))
    slowest = 0.0
    for shape, provider, model, quantities, dollars in SHAPES:
        peers = {"genai-prices": genai(provider, model, quantities), "litellm": litellm(provider, model, quantities)}
        calls = ours(book, costs, provider, model, quantities) | {name: call for name, call in peers.items() if call is not None}
        remarks = {name: check(name, shape, call(), dollars / 1_000_000) for name, call in calls.items()}
        slowest = max(slowest, measure(shape, calls, remarks, rounds))
    listed = documents[0].providers["openai"].models
    flat = [
        name for name, model in listed.items() if any({"input_tokens", "output_tokens"} <= price.rates.keys() for price in model.prices)
    ]
    quantities = {"input_tokens": 1234, "output_tokens": 567}
    both = [ours(book, costs, "openai", name, quantities) for name in flat[:MODELS_IN_TURN]]
    mixed = {name: in_turn([paths[name] for paths in both]) for name in both[0]}
    slowest = max(slowest, measure(f"{len(both)} models", mixed, {}, rounds))
    verdict = "holds " if slowest <= AIM_US else "MISSED"
    print(f"{verdict} slowest from an event to its cost, us: {slowest:.2f} (aim: at most {AIM_US:.0f})")


if __name__ == "__main__":
    main()
