"""`meterlark version`."""

import json
import sys

from meterlark.version import VERSION


def version(*, json_output: bool = False) -> None:
    """Print the version.

    Parameters
    ----------
    json_output: bool
        Print a JSON object.
    """
    sys.stdout.write(json.dumps({"version": VERSION}) + "\n" if json_output else f"{VERSION}\n")
