"""Write the OpenAPI document and the Python client from the operations that the server declares; run by `script/typegen`."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from python_methods import client_source
from python_types import types_source

from meterlark.server.openapi import openapi_document
from meterlark.server.operations import OPERATIONS

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Write the files, or tell which ones would change."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file would change")
    is_check = parser.parse_args().check
    wanted = files()
    changed = [path for path, content in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != content]
    if is_check and changed:
        sys.exit(f"script/typegen would change {', '.join(str(path.relative_to(ROOT)) for path in changed)}; run it and commit")
    for path in changed:
        path.write_text(wanted[path], encoding="utf-8")
        print(f"wrote {path.relative_to(ROOT)}")


def files() -> dict[Path, str]:
    """Return what each generated file holds."""
    client = ROOT / "src/meterlark/client"
    return {
        ROOT / "docs/reference/openapi.json": json.dumps(openapi_document(OPERATIONS), indent=2, ensure_ascii=False) + "\n",
        client / "types.py": formatted(types_source(OPERATIONS)),
        client / "sync.py": formatted(client_source(OPERATIONS, is_async=False)),
        client / "asynchronous.py": formatted(client_source(OPERATIONS, is_async=True)),
    }


def formatted(source: str) -> str:
    """Return source as the formatter leaves it, with sorted imports."""
    ruff = [str(Path(sys.executable).with_name("ruff"))]
    common = ["--quiet", "--stdin-filename", str(ROOT / "src/meterlark/client/generated.py"), "-"]
    for command in (["check", "--select", "I,F401", "--fix"], ["format"]):
        source = subprocess.run([*ruff, *command, *common], input=source, capture_output=True, text=True, check=True).stdout  # noqa: S603
    return source


if __name__ == "__main__":
    main()
