"""How many examples a property gets: its own number, in proportion to the profile that `conftest.py` has loaded."""

from hypothesis import settings

BASE = 100
"""Examples of the profile `ci`, for which the properties' own numbers are written."""


def examples(count: int) -> settings:
    """Return the settings of a property that needs so many examples in the profile `ci`, and more in a deeper one."""
    profile = settings.get_profile(settings.get_current_profile_name())
    return settings(max_examples=max(1, count * profile.max_examples // BASE))
