"""`meterlark version`."""

import json
import sys

from meterlark.cli.output import JsonFlag
from meterlark.version import VERSION


def version(*, json_output: JsonFlag = False) -> None:
    """Print the version."""
    sys.stdout.write(json.dumps({"version": VERSION}) + "\n" if json_output else f"{VERSION}\n")
