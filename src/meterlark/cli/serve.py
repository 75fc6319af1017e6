"""`meterlark serve`."""

import asyncio
import logging
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from meterlark.app import serve as serve_forever
from meterlark.cli.output import JsonFlag, print_json, say
from meterlark.cli.settings_file import misspelt_variables
from meterlark.config import Settings, load_settings
from meterlark.version import VERSION


def serve(
    *,
    config: Annotated[Path | None, Parameter(help="TOML file with settings and [[meters]].")] = None,
    data_dir: Annotated[Path | None, Parameter(help="Folder of all data; ./meterlark-data by default.")] = None,
    memory: Annotated[bool, Parameter(negative="", help="Keep everything in memory and lose it at the end.")] = False,
    host: Annotated[str | None, Parameter(help="Address to listen on; 127.0.0.1 by default.")] = None,
    port: Annotated[int | None, Parameter(help="Port; 8888 by default, 0 takes a free one.")] = None,
    json_output: JsonFlag = False,
) -> None:
    """Start a server; standard output has its address once it answers."""
    for name, meant in misspelt_variables().items():
        say(f"warning: {name} is no setting and is not read" + (f"; did you mean {meant}?" if meant else ""))
    settings = load_settings(config, overrides={"data_dir": data_dir, "host": host, "port": port, "in_memory": memory or None})
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")

    def started(address: str, is_open: bool) -> None:  # noqa: FBT001 - called by position, once
        say(f"Meterlark {VERSION} answers at {address}; {_place(settings)}. Ctrl-C stops it.")
        say(f"The dashboard is at {address}/")
        if is_open:
            say("OPEN: whoever reaches this address from this machine may read and change everything. An admin key ends that:")
            say(f"  meterlark keys create --name admin --scope admin --url {address}")
        if json_output:
            print_json([{"address": address, "version": VERSION, "isOpen": is_open}])
        else:
            sys.stdout.write(f"{address}\n")
        sys.stdout.flush()

    with asyncio.Runner(loop_factory=_loop) as runner:
        runner.run(serve_forever(settings, started=started))


def _place(settings: Settings) -> str:
    return "everything is in memory" if settings.data_dir is None else f"data is in {settings.data_dir}"


def _loop() -> asyncio.AbstractEventLoop:
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    import uvloop  # noqa: PLC0415 - not there on every platform

    return uvloop.new_event_loop()
