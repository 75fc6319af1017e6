"""Every page that shows or changes something."""

from typing import Final

from meterlark.dashboard import explore, overview

PAGES: Final = (*overview.PAGES, *explore.PAGES)
