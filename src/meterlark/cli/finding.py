"""What `meterlark doctor` finds: one thing that was looked at, whether it is well, and what helps."""

from enum import StrEnum

import msgspec


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


class Finding(msgspec.Struct, frozen=True):
    """One finding.

    Attributes:
        level: How bad it is.
        check: What was looked at.
        what: What was found.
        fix: What helps; empty when nothing is wrong.
    """

    level: Level
    check: str
    what: str
    fix: str = ""


def well(check: str, what: str) -> Finding:
    """Return that something is well."""
    return Finding(Level.OK, check, what)


def warn(check: str, what: str, fix: str) -> Finding:
    """Return something that may be meant so, or will go wrong."""
    return Finding(Level.WARNING, check, what, fix)


def fail(check: str, what: str, fix: str) -> Finding:
    """Return something that is wrong."""
    return Finding(Level.ERROR, check, what, fix)
