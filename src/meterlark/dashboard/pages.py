"""Every page that shows or changes something."""

from typing import Final

from meterlark.dashboard import overview

PAGES: Final = (*overview.PAGES,)
