"""`meterlark rebuild`."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from meterlark.app import rebuild as rebuild_warehouse
from meterlark.cli.output import JsonFlag, print_json
from meterlark.cli.progress import progress
from meterlark.config import load_settings
from meterlark.model.errors import InvalidInputError


def rebuild(
    *,
    config: Annotated[Path | None, Parameter(help="TOML file with settings and [[meters]].")] = None,
    data_dir: Annotated[Path | None, Parameter(help="Folder of all data; ./meterlark-data by default.")] = None,
    json_output: JsonFlag = False,
) -> None:
    """Throw the warehouse away and fill it again from the ledger; the answers are the same. The server must be stopped."""
    settings = load_settings(config, overrides={"data_dir": data_dir})
    if settings.data_dir is None or not settings.data_dir.is_dir():
        raise InvalidInputError(f"there is no data in {settings.data_dir}; name the folder with --data-dir", field="--data-dir")
    shown = 0
    with progress("events", is_quiet=json_output) as done:

        def advance(read: int, _head: int) -> None:
            nonlocal shown
            done(read - shown)
            shown = read

        events = rebuild_warehouse(settings, progress=advance)
    if json_output:
        print_json([{"events": events}])
    else:
        sys.stdout.write(f"{events} events read from the ledger\n")
