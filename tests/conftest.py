"""Options of all tests; and profiles for the property tests: the same laws, more examples on demand (`HYPOTHESIS_PROFILE=deep`)."""

import os

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("ci", max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.register_profile("deep", settings.get_profile("ci"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what the tests of pages may write."""
    parser.addoption("--write-images", action="store_true", help="write the pictures of pages into docs/images")


@pytest.fixture
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the waits between two attempts of a delivery short."""
    monkeypatch.setattr("meterlark.sdk.delivery.BACKOFF_SECONDS_MIN", 0.01)
    monkeypatch.setattr("meterlark.sdk.delivery.BACKOFF_SECONDS_MAX", 0.05)
