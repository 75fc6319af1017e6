"""Every page that shows or changes something."""

from typing import Final

from meterlark.dashboard import customer, customers, events, explore, meters, overview, prices, settings, story

PAGES: Final = (
    *overview.PAGES,
    *explore.PAGES,
    *customers.PAGES,
    *customer.PAGES,
    *events.PAGES,
    *story.PAGES,
    *meters.PAGES,
    *prices.PAGES,
    *settings.PAGES,
)
