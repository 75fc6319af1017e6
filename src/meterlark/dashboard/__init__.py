"""The dashboard: pages for people, made on the server, served beside the API from the same port.

Every figure is the answer of a use case that the API has, too; nothing here knows SQL. Pages work without JavaScript except for the charts,
load nothing from elsewhere, and hold no inline script or style.
"""
