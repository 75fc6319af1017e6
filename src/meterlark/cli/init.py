"""`meterlark init`: a configuration and a data folder to begin with."""

import os
import shlex
import sys
from pathlib import Path
from typing import Annotated, Final

import msgspec
from cyclopts import Parameter

from meterlark.cli.output import JsonFlag, print_json
from meterlark.cli.settings_file import example_file
from meterlark.config import load_settings
from meterlark.model.errors import ConflictError, UnavailableError

FOLDER_MODE: Final = 0o700
"""Usage is business: nobody but the server's own user needs to read it."""


class _Made(msgspec.Struct, frozen=True):
    config: str
    data_dir: str
    next: list[str]


def init(
    *,
    config: Annotated[Path, Parameter(help="The file to write.")] = Path("meterlark.toml"),
    data_dir: Annotated[Path, Parameter(help="Folder of all data.")] = Path("meterlark-data"),
    json_output: JsonFlag = False,
) -> None:
    """Write a configuration with comments, make the data folder, and print the next three commands.

    A file that is there already is left as it is, and the exit code is 5.
    """
    folder = data_dir.absolute()
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        with os.fdopen(os.open(config, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "w", encoding="utf-8") as file:
            file.write(example_file(folder))
    except FileExistsError as error:
        raise ConflictError(f"{error.filename} is there already and was left as it is; name another with --config or --data-dir") from error
    except OSError as error:
        raise UnavailableError(f"{error.filename} cannot be made: {error.strerror}") from error
    load_settings(config, environ={})  # what was written must be readable
    given = shlex.quote(str(config))
    made = _Made(
        str(config),
        str(folder),
        [f"meterlark serve --config {given}", f"meterlark doctor --config {given}", "meterlark keys create --name admin --scope admin"],
    )
    if json_output:
        print_json([made])
        return
    sys.stdout.write(f"wrote {made.config}; data goes to {made.data_dir}\nNext:\n" + "".join(f"  {command}\n" for command in made.next))
