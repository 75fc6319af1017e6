"""Measure every wrapper against the provider that knows what a call costs: `measure.py [--write] [ADAPTER ...]`.

Run by `script/conformance` in the environment that has the wrappers. Without `--write` the page is printed.
"""

import argparse
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from measured import Played, play
from page import page
from rows import ROWS

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "reference" / "conformance.md"
OURS = ("meterlark_wrap",)
PEERS = (*("langfuse_openai", "langsmith_wrap", "litellm_callback", "logfire_instrument", "openinference", "openllmetry", "posthog_ai"),)


def main() -> int:
    """Play all, write or print the page; fail if a row of ours is not exact or reaches its caller."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    parser.add_argument("adapters", nargs="*", default=[*OURS, *PEERS], help="files in tests/conformance/adapters")
    asked = parser.parse_args()
    played, bares, titles = {}, {}, {}
    baselines: dict[str, Played] = {}
    for name in asked.adapters:
        print(f"playing {len(ROWS)} rows through {name} ...", file=sys.stderr)
        module = import_module(f"adapters.{name}")
        baseline = getattr(module, "BASELINE", "bare")
        if baseline not in baselines:
            baselines[baseline] = play(baseline)
        played[name], bares[name], titles[name] = play(name), baselines[baseline], module.TITLE
    text = page(played, bares, titles, datetime.now(UTC).date())
    if asked.write:
        PAGE.write_text(text, encoding="utf-8")
    else:
        print(text)
    return sum(report(name, played[name], bares[name]) for name in played if name in OURS)


def report(name: str, played: Played, bare: Played) -> int:
    """Say which rows of ours are not good; return how many."""
    bad = [(row, verdict) for row in ROWS if (verdict := played.verdict(row, bare)) is not None and not verdict.is_good]
    for row, verdict in bad:
        print(f"{name}, row {row.key}: {verdict}", file=sys.stderr)
    return len(bad)


if __name__ == "__main__":
    sys.exit(min(1, main()))
