"""What the documentation says of the program follows from the program, and every page can be found."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest
from blocks import PAGES, REPOSITORY

from meterlark.config import Settings, known_variables

SITE = tomllib.loads((REPOSITORY / "zensical.toml").read_text(encoding="utf-8"))["project"]


def listed(nav: Any) -> list[str]:
    """Return the pages of a navigation."""
    if isinstance(nav, str):
        return [nav]
    return [page for one in (nav.values() if isinstance(nav, dict) else nav) for page in listed(one)]


def test_the_generated_pages_are_those_of_the_program() -> None:
    """`script/docs` writes them."""
    ran = subprocess.run([sys.executable, "script/reference.py", "--check"], cwd=REPOSITORY, capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stderr


def test_every_page_is_in_the_navigation() -> None:
    """And nothing else."""
    pages = {str(path.relative_to(REPOSITORY / "docs")) for path in PAGES if path.is_relative_to(REPOSITORY / "docs")}

    assert set(listed(SITE["nav"])) == pages


def test_the_first_page_leads_to_every_page_for_users() -> None:
    """What is inside the house stands in the navigation alone."""
    text = (REPOSITORY / "docs/index.md").read_text(encoding="utf-8")
    pages = [page for page in listed(SITE["nav"]) if page.startswith(("start/", "guides/", "reference/", "concepts/"))]

    assert [page for page in pages if f"]({page})" not in text] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    """From where the page stands."""
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page} links to {target}"


def test_every_setting_is_documented() -> None:
    """With its variable."""
    text = (REPOSITORY / "docs/reference/settings.md").read_text(encoding="utf-8")

    missing = [field.name for field in msgspec.structs.fields(Settings) if field.name != "meters" and f"`{field.name}`" not in text]
    assert missing == []
    assert [variable for variable in known_variables() if f"`{variable}`" not in text] == []
