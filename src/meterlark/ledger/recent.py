"""The newest identities, in memory, and when they move to the big index on disk.

Digests are random, so putting each straight into an index of many pages would write a page per event. Instead they wait here until a
generation of them is complete, and then move in key order, so that neighbours share a page. The move is paid in slices by the appends
that follow, in their own transactions: no append waits for a whole generation. Durability is not decided here: the table
`recent_identity` holds the same pairs, written in the transaction of their events, and this object is rebuilt from it.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

GENERATION_SIZE_MAX: Final = 262_144
"""Most identities that move together: two generations take about 60 MB. Measured in docs/internals/growth.md."""

GENERATION_SIZE_MIN: Final = 16_384
"""A small ledger needs no more: its index has few pages."""

GENERATION_SHARE: Final = 40
"""Between the two limits a generation is this part of the stored events, so each page of the index (of 8 KiB, about 220 identities)
takes some 5 of them in one go, whatever the size."""

MOVES_PER_EVENT: Final = 1.5
"""More than 1, so that a generation has moved before the next one is complete."""

SLICE_MIN: Final = 256
"""Smallest slice worth moving: an append of one event must not pay a page of the big index each time."""


class Slice(NamedTuple):
    """Pairs to put into the big index now.

    Attributes:
        pairs: (digest, sequence) in key order.
        finished_sequence: When this slice ends its generation: all identities up to this one are in the big index then.
            Otherwise None.
    """

    pairs: list[tuple[bytes, int]]
    finished_sequence: int | None


_NOTHING: Final = Slice([], None)


class RecentIdentities:
    """Two generations: the open one takes new identities, the moving one is on its way to the big index.

    `find` answers for both until the move is complete; that an identity is in the index already is harmless. The methods that change
    something are called after the commit, so an error in the transaction leaves nothing to undo.

    Args:
        waiting: Sequence by digest of all that is not known to be in the big index, in order of sequence.
        stored: Events in the ledger.
        size_max: Most identities in a generation.
    """

    def __init__(self, waiting: dict[bytes, int], *, stored: int, size_max: int = GENERATION_SIZE_MAX) -> None:
        self._stored = stored
        self._size_max = size_max
        self._slice_min = min(SLICE_MIN, size_max)
        self._open = waiting
        self._moving: dict[bytes, int] = {}
        self._order: list[bytes] = []
        self._moved = 0
        self._debt = 0.0

    def find(self, digest: bytes) -> int | None:
        """Return the sequence of an identity, None when it is not here."""
        return self._open.get(digest) or self._moving.get(digest)

    def next_slice(self, new: int) -> Slice:
        """Return what the transaction that stores `new` events has to move; nothing changes until `settle`."""
        if not self._order:
            return _NOTHING
        due = int(self._debt + new * MOVES_PER_EVENT)
        if due < self._slice_min:
            return _NOTHING
        part = self._order[self._moved : self._moved + due]
        is_last = self._moved + len(part) == len(self._order)
        finished = max(self._moving.values()) if is_last else None
        return Slice([(digest, self._moving[digest]) for digest in part], finished)

    def settle(self, added: Mapping[bytes, int], moved: Slice) -> None:
        """Take over what a committed transaction did: the identities it stored and the slice it moved."""
        self._open.update(added)
        self._stored += len(added)
        if moved.finished_sequence is not None:
            self._moving, self._order, self._moved = {}, [], 0
        else:
            self._moved += len(moved.pairs)
        self._debt = 0.0 if moved.pairs or not self._order else self._debt + len(added) * MOVES_PER_EVENT
        size = min(self._size_max, max(GENERATION_SIZE_MIN, self._stored // GENERATION_SHARE))
        if not self._order and len(self._open) >= size:
            self._moving, self._open = self._open, {}
            self._order = sorted(self._moving)
