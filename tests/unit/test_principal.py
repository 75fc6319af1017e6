"""Who asks, and what they may do."""

import pytest

from meterlark.model.errors import ForbiddenError
from meterlark.service.principal import OPEN, Principal, Scope

READER = Principal("key:1", frozenset((Scope.READ,)), subjects=frozenset(("a", "b")))


@pytest.mark.parametrize("scope", [Scope.INGEST, Scope.READ, Scope.ADMIN])
def test_an_admin_may_do_everything_but_be_a_customer(scope: Scope) -> None:
    """The portal's scope comes with its token alone."""
    OPEN.require(scope)
    with pytest.raises(ForbiddenError, match="needs the scope portal"):
        OPEN.require(Scope.PORTAL)


def test_a_scope_does_not_bring_another() -> None:
    """The message says which is needed and which there are."""
    with pytest.raises(ForbiddenError, match="needs the scope ingest; the key has read"):
        READER.require(Scope.INGEST)


def test_a_bound_key_sees_its_subjects_only() -> None:
    """All of them when none is asked for; what is asked for when it is among them."""
    assert READER.visible_subjects(None) == ("a", "b")
    assert READER.visible_subjects(("b",)) == ("b",)
    assert OPEN.visible_subjects(None) is None


def test_a_bound_key_may_not_ask_for_others_and_learns_nothing_of_them() -> None:
    """The subject that it asked for is not said again, whether or not it exists."""
    with pytest.raises(ForbiddenError) as caught:
        READER.visible_subjects(("a", "secret"))

    assert "secret" not in str(caught.value)
