"""Write the OpenAPI document and the Python client from the operations that the server declares; run by `script/typegen`."""

import json
import subprocess
import sys
from pathlib import Path

from python_methods import client_source
from python_types import types_source
from written_files import ROOT, write_or_check

from meterlark.server.openapi import openapi_document
from meterlark.server.operations import OPERATIONS


def main() -> None:
    """Write the files, or tell which ones would change."""
    write_or_check(files(), what=__doc__, command="script/typegen")


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
