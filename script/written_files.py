"""Files that a command writes and the tests compare: `script/typegen` and `script/docs`."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]


def write_or_check(wanted: Mapping[Path, str], *, what: str | None, command: str) -> None:
    """Write the files that differ; with `--check` among the arguments of the program, write none and fail if one does.

    Args:
        wanted: What each file is to hold.
        what: What the program does, for its help.
        command: What to run, for whoever is told that a file would change.
    """
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file would change")
    is_check = parser.parse_args().check
    changed = [path for path, content in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != content]
    if is_check and changed:
        sys.exit(f"{command} would change {', '.join(str(path.relative_to(ROOT)) for path in changed)}; run it and commit")
    for path in changed:
        path.write_text(wanted[path], encoding="utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
