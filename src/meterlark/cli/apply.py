"""`meterlark apply`: make a server's meters those of a file, after showing what would change."""

import json
import sys
from collections.abc import Sequence
from typing import Annotated, Final

from cyclopts import Parameter

from meterlark.cli.client import Client
from meterlark.cli.meter_file import read_meter_file
from meterlark.cli.meter_plan import Action, Change, Difference, Plan, plan_meters
from meterlark.cli.meters import METERS_PATH, server_meters
from meterlark.cli.output import Exit, JsonFlag, UrlOption, print_json, say
from meterlark.config import preset_meters
from meterlark.model.errors import ConflictError, InvalidInputError, MeterlarkError

_SIGNS: Final = {Action.CREATE: "+", Action.CHANGE: "~", Action.DELETE: "-", Action.REFUSE: "!"}


def apply(
    *,
    file: Annotated[
        str, Parameter(name=["--file", "-f"], allow_leading_hyphen=True, help="YAML with a list of meters; '-' is standard input.")
    ],
    dry_run: Annotated[bool, Parameter(negative="", help="Only show what would change; exit code 7 when something would.")] = False,
    yes: Annotated[bool, Parameter(name=["--yes", "-y"], negative="", help="Do not ask.")] = False,
    prune: Annotated[
        bool, Parameter(negative="", help="Delete meters that are not in the file; those that every server has from the start stay.")
    ] = False,
    url: UrlOption = None,
    json_output: JsonFlag = False,
) -> int:
    """Make the server's meters those of a file; events already stored are counted by new ones, too."""
    wanted, others = read_meter_file(file)
    if others:
        say(f"{file}: only the meters are read, not {', '.join(others)}")
    with Client(url) as client:
        plan = plan_meters(wanted, server_meters(client), prune=prune, kept={meter.slug for meter in preset_meters()})
        _show(plan, json_output=json_output)
        if plan.refused:
            slugs = ", ".join(change.slug for change in plan.refused)
            raise ConflictError(f"what a meter measures never changes: {slugs}; delete it or choose another slug. Nothing was changed")
        if not plan.changes:
            return Exit.DONE
        if dry_run:
            return Exit.PENDING
        if not yes and not _confirmed(len(plan.changes), client.url, file):
            say("nothing was changed")
            return Exit.FAILED
        return _make(client, plan.changes)


def _show(plan: Plan, *, json_output: bool) -> None:
    changes = [*plan.refused, *plan.changes]
    if json_output:
        print_json(changes)
    else:
        for change in changes:
            sys.stdout.write(f"{_SIGNS[change.action]} {change.slug}: {change.action}\n")
            for name, difference in change.fields.items():
                sys.stdout.write(f"    {name}: {_words(change.action, difference)}\n")
        sys.stdout.flush()
    stays = f", {len(plan.extra)} not in the file" if plan.extra else ""
    say(f"{len(changes)} to change, {plan.equal} equal{stays}")


def _words(action: Action, difference: Difference) -> str:
    if action is Action.CREATE:
        return _text(difference.after)
    if action is Action.DELETE:
        return _text(difference.before)
    return f"{_text(difference.before)} -> {_text(difference.after)}"


def _text(value: object) -> str:
    """Return a value as JSON in which no character can steer a terminal."""
    return "nothing" if value is None else json.dumps(value, sort_keys=True)


def _confirmed(changes: int, url: str, file: str) -> bool:
    if file == "-" or not sys.stdin.isatty():
        raise InvalidInputError("there is nobody to ask; say --yes to make the changes, or --dry-run to see them", field="yes")
    sys.stderr.write(f"Make {changes} changes at {url}? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _make(client: Client, changes: Sequence[Change]) -> int:
    """Make the changes one after the other; what was made stays when one fails, and the same command goes on from there."""
    for made, change in enumerate(changes):
        try:
            _make_one(client, change)
        except MeterlarkError as error:
            if made == 0:
                raise
            say(f"error: {change.slug}: {error}")
            say(f"{made} of {len(changes)} changes were made; run the command again for the others")
            return Exit.PARTIAL
    say(f"{len(changes)} changes were made")
    return Exit.DONE


def _make_one(client: Client, change: Change) -> None:
    if change.action is Action.DELETE:
        client.call("DELETE", f"{METERS_PATH}/{change.slug}")
    elif change.action is Action.CREATE:
        client.call("POST", METERS_PATH, change.definition)
    else:
        assert change.action is Action.CHANGE
        client.call("PUT", f"{METERS_PATH}/{change.slug}", change.definition)
