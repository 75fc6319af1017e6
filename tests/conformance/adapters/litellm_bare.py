"""LiteLLM without a logger: what its caller sees then."""

import litellm
from adapters import litellm_callback

KINDS = litellm_callback.KINDS
PACKAGES = litellm_callback.PACKAGES
UNASKED = litellm_callback.UNASKED


class Adapter(litellm_callback.Adapter):
    """The same without a logger."""

    def __init__(self) -> None:
        self.logger = None
        litellm.callbacks = []
        litellm.drop_params = True
