"""Make every call of the rows through one wrapper and say what happened, a line of JSON a row: `player.py ADAPTER ROOT_URL`.

A process of its own, because some wrappers patch the modules of the SDKs.
"""

import json
import sys
from importlib import import_module, metadata

from callers import make
from rows import rows_of

ROW_HEADER = "x-conformance-row"
SWITCH_HEADER = "x-provider-switch"


def main(name: str, root_url: str) -> None:
    """Play all rows that the wrapper knows the SDK of."""
    module = import_module(f"adapters.{name}")
    adapter = module.Adapter()
    say({"versions": {package: metadata.version(package) for package in module.PACKAGES if is_installed(package)}})
    for row in rows_of(module.KINDS):
        if row.key in getattr(module, "UNASKED", ()) or not is_installed(PACKAGE_OF[row.kind]):
            continue
        headers = {ROW_HEADER: f"{name}/{row.key}"} | ({SWITCH_HEADER: row.switches} if row.switches else {})
        client = adapter.client(row.kind, root_url)
        seen = make(row.caller, client, headers)
        say({"row": row.key, "recorded": adapter.taken(), "seen": seen.as_json()})


PACKAGE_OF = {"openai": "openai", "async_openai": "openai", "azure": "openai", "anthropic": "anthropic", "google": "google-genai"}


def is_installed(package: str) -> bool:
    """Tell whether a package is there."""
    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:
        return False
    return True


def say(what: object) -> None:
    """Write a line that the one who listens can tell from a wrapper's own output."""
    sys.stdout.write(f"\n> {json.dumps(what, default=str)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
