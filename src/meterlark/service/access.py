"""Who sends a request: an API key, a portal token, or anybody while the server is open."""

from meterlark.model.errors import UnauthenticatedError
from meterlark.service.key_text import PREFIX
from meterlark.service.keys import Keys
from meterlark.service.portal import Portal
from meterlark.service.principal import KEY_NAME, Principal


class Access:
    """Turns what came in the `authorization` header into a principal.

    Args:
        keys: Knows the API keys.
        portal: Knows the portal tokens.
    """

    def __init__(self, keys: Keys, portal: Portal) -> None:
        self._keys = keys
        self._portal = portal

    @property
    def is_open(self) -> bool:
        """Whether requests without a key may do everything."""
        return self._keys.is_open

    def principal_of(self, bearer: str | None) -> Principal:
        """Return who sends a bearer text; None stands for no header.

        Raises:
            UnauthenticatedError: It is missing or not valid.
            RateLimitedError: The key's limit is passed.
        """
        if bearer is not None and not bearer.startswith(PREFIX) and bearer.count(".") == 2:
            try:
                return self._portal.principal_of(bearer)
            except UnauthenticatedError:
                # While the server is open, clients may send a token of some other service; it does not matter then.
                if not self._keys.is_open:
                    raise
        return self._keys.principal_of(bearer)

    def key_id_of(self, bearer: str) -> str:
        """Return the id of a live API key, to be remembered instead of its text.

        Raises:
            UnauthenticatedError: It is no key of ours, or not valid any more.
            RateLimitedError: The key's limit is passed.
        """
        principal = self._keys.principal_of(bearer)
        if not principal.name.startswith(KEY_NAME):
            raise UnauthenticatedError("this is no key; while the server is open, none is needed")
        return principal.name.removeprefix(KEY_NAME)

    def principal_of_key_id(self, key_id: str) -> Principal:
        """Return who a remembered key speaks for now.

        Raises:
            UnauthenticatedError: It is revoked or expired meanwhile.
            RateLimitedError: The key's limit is passed.
        """
        return self._keys.principal_of_id(key_id)

    def portal_principal_of(self, bearer: str | None) -> Principal:
        """Return who a portal token speaks for; on the portal's own routes nothing else will do.

        Raises:
            UnauthenticatedError: It is missing or not valid.
        """
        if bearer is None:
            raise UnauthenticatedError("missing authorization header")
        return self._portal.principal_of(bearer)
