"""Print a page as PDF with the browser that is on this machine, if there is one."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from meterlark.model.errors import UnavailableError

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "brave-browser")
"""Programs that print a page without a window; all take Chromium's flags."""

PRINT_SECONDS_MAX: Final = 120
"""A page of 10,000 rows takes 20 s on one slow core."""


def print_pdf(html: str) -> bytes:
    """Return a page as PDF; blocks for some seconds.

    Raises:
        UnavailableError: There is no browser, or it does not print.
    """
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        raise UnavailableError(
            f"a PDF is printed by a browser, and there is none ({', '.join(BROWSERS)}); install one, or take --format html"
        )
    with tempfile.TemporaryDirectory(prefix="meterlark-print-") as folder:
        page, printed = Path(folder) / "report.html", Path(folder) / "report.pdf"
        page.write_text(html, encoding="utf-8")
        command = [program, "--headless", "--disable-gpu", "--no-first-run", "--no-pdf-header-footer", f"--user-data-dir={folder}/profile"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.append("--no-sandbox")  # Chromium does not start as root with it; the page is ours and has no script
        command += [f"--print-to-pdf={printed}", page.as_uri()]
        try:
            ran = subprocess.run(command, capture_output=True, timeout=PRINT_SECONDS_MAX, check=False)  # noqa: S603 - as found
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UnavailableError(f"{program} does not print: {error}") from error
        if not printed.exists():
            raise UnavailableError(f"{program} printed nothing: {ran.stderr.decode('utf-8', 'replace')[-300:].strip()}")
        return printed.read_bytes()
