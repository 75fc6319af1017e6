"""An asynchronous iterator whose reader may be cancelled without ending what is read.

Libraries close the connection when a read of theirs is cancelled, so each read is a task of its own: whoever is cancelled leaves it under
way, and the next reader goes on with it. That costs a task for each piece, so it is done only where streams are read on after the caller.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Self


class Shielded:
    """Reads an iterator.

    Args:
        pieces: What is read.
    """

    def __init__(self, pieces: AsyncIterator[bytes]) -> None:
        self._pieces = pieces
        self._read: asyncio.Task[bytes | None] | None = None

    def __aiter__(self) -> Self:
        """Return itself."""
        return self

    async def __anext__(self) -> bytes:
        """Return the next piece; the one that is being read already, if its reader was cancelled."""
        if self._read is None:
            self._read = asyncio.create_task(self._next())
        read = self._read
        try:
            piece = await asyncio.shield(read)
        finally:
            if read.done():
                self._read = None
        if piece is None:
            raise StopAsyncIteration
        return piece

    async def cancel(self) -> None:
        """Cancel the read that nobody waits for any more."""
        read, self._read = self._read, None
        if read is not None:
            read.cancel()
            # Its error, if it had one, was meant for a reader who has left.
            with suppress(Exception, asyncio.CancelledError):
                await read

    async def _next(self) -> bytes | None:
        return await anext(self._pieces, None)
