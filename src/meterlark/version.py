"""The version, from the installed package's metadata; nothing else is looked up."""

from importlib.metadata import version
from typing import Final

VERSION: Final = version("meterlark")
