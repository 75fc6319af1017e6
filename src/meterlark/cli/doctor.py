"""`meterlark doctor`: looks for what is wrong, and says what helps."""

import sys
from itertools import chain
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from meterlark.cli.client import Client
from meterlark.cli.doctor_local import look_at_environment, look_at_settings, look_at_spool
from meterlark.cli.doctor_server import look_at_server
from meterlark.cli.finding import Finding, Level
from meterlark.cli.output import Exit, JsonFlag, UrlOption, print_json, printable

_MARKS: Final = {Level.OK: "ok     ", Level.WARNING: "warning", Level.ERROR: "ERROR  "}


def doctor(
    *,
    config: Annotated[Path | None, Parameter(help="TOML file of the server, if it is on this machine.")] = None,
    data_dir: Annotated[Path | None, Parameter(help="The server's folder, if it is on this machine.")] = None,
    url: UrlOption = None,
    json_output: JsonFlag = False,
) -> int:
    """Look at the server, the clock, the key, the disk, events that wait to be sent, and common mistakes.

    Each finding has what helps. The exit code is 1 when one is an error; warnings alone are 0.
    """
    with Client(url) as client:
        looks = chain(look_at_environment(), look_at_settings(config, data_dir), look_at_spool(client.url), look_at_server(client))
        findings = [_shown(finding, json_output=json_output) for finding in looks]
    return Exit.FAILED if any(finding.level is Level.ERROR for finding in findings) else Exit.DONE


def _shown(finding: Finding, *, json_output: bool) -> Finding:
    """Print a finding at once: a look may take a while."""
    if json_output:
        print_json([finding])
    else:
        fix = f"\n         fix: {printable(finding.fix)}" if finding.fix else ""
        sys.stdout.write(f"{_MARKS[finding.level]}  {finding.check}: {printable(finding.what)}{fix}\n")
    sys.stdout.flush()
    return finding
