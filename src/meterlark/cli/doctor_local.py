"""What `meterlark doctor` looks at on this machine: the environment, the configuration, the disk, events that wait to be sent."""

import os
import shutil
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from meterlark.cli.finding import Finding, fail, warn, well
from meterlark.cli.settings_file import misspelt_variables
from meterlark.config import load_settings, sdk_key
from meterlark.model.errors import InvalidInputError
from meterlark.sdk.meter import DEFAULT_SPOOL_DIR
from meterlark.sdk.spool import destination_folder
from meterlark.sdk.spool_file import SUFFIX, SpoolFile

FREE_BYTES_WARNED: Final = 2 * 1024**3
"""A million events take some 0.7 GB of ledger and warehouse (docs/internals/growth.md): room for three."""

WAITING_SECONDS_WARNED: Final = 600
"""The SDK tries again at least every minute, so what has waited ten minutes is not on its way."""


def look_at_environment() -> Iterator[Finding]:
    """Look for variables that nobody reads."""
    unknown = misspelt_variables()
    for name, meant in unknown.items():
        yield warn("environment", f"{name} is no setting and is not read", f"rename it to {meant}" if meant else f"unset {name}")
    if not unknown:
        yield well("environment", "every METERLARK_ variable is a setting")


def look_at_settings(config: Path | None, data_dir: Path | None) -> Iterator[Finding]:
    """Look at the settings that a server would start with here, and at the disk of its data folder."""
    try:
        settings = load_settings(config, overrides={"data_dir": data_dir})
    except InvalidInputError as error:
        for line in str(error).splitlines():
            yield fail("settings", line, "correct it in the file, the environment or the flag")
        return
    yield well("settings", f"{config or 'no file'}; {len(settings.meters)} meters are made sure of at a start")
    if settings.synchronous != "FULL":
        yield warn("settings", f"synchronous is {settings.synchronous}: acknowledged events may be lost at a power cut", "set it to FULL")
    folder = settings.data_dir
    if folder is None or not folder.is_dir():
        yield well("data", f"there is no data folder here ({folder}); a server elsewhere has its own")
        return
    if folder.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        yield warn("data", f"others may write to {folder}", f"chmod 700 {folder}")
    free = shutil.disk_usage(folder).free
    if free < FREE_BYTES_WARNED:
        yield warn("disk", f"{free:,} bytes are free on the disk of {folder}", "make room, or move the folder to a larger disk")
    else:
        yield well("disk", f"{free / 1024**3:.1f} GiB are free on the disk of {folder}")


def look_at_spool(url: str) -> Iterator[Finding]:
    """Look for events that programs on this machine have not handed over."""
    base = Path(os.path.expanduser(DEFAULT_SPOOL_DIR))  # noqa: PTH111 - keeps the `~` of a user without a home, where `Path` raises
    if not base.is_dir():
        yield well("spool", f"nothing waits to be sent: there is no {base}")
        return
    ours = destination_folder(base, url, sdk_key())
    is_empty = True
    for folder in sorted(path for path in base.iterdir() if path.is_dir()):
        about = folder.stat()
        if about.st_uid != os.geteuid() or about.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            is_empty = False
            yield fail(
                "spool", f"{folder} belongs to another user, or others may write to it, so the SDK does not use it", f"chmod 700 {folder}"
            )
            continue
        for finding in _waiting(folder, is_ours=folder == ours):
            is_empty = False
            yield finding
    if is_empty:
        yield well("spool", f"nothing waits to be sent in {base}")


def _waiting(folder: Path, *, is_ours: bool) -> Iterator[Finding]:
    pending, oldest = 0, time.time()
    for path in folder.glob(f"*{SUFFIX}"):
        try:
            # A file that can be taken belongs to no running program; one that cannot is being sent by its own.
            file = SpoolFile.claim(path)
            changed_at = path.stat().st_mtime
        except OSError:
            continue  # sent and removed in this instant, or unreadable for us as for the SDK, which says so itself
        if file is not None:
            pending, oldest = pending + file.pending, min(oldest, changed_at)
            file.release()
    if not pending:
        return
    waited = f"{pending} events of ended programs wait in {folder}"
    if not is_ours:
        yield warn(
            "spool", f"{waited} for another server or key", "start a program with that METERLARK_URL and METERLARK_API_KEY; it sends them"
        )
    elif time.time() - oldest > WAITING_SECONDS_WARNED:
        yield warn("spool", waited, "start any program with Meter() for this server and key; it takes them over and sends them")
    else:
        yield well("spool", f"{waited}; the next program for this server takes them over")
