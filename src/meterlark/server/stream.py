"""Send an answer that goes on: until its pieces end, the client leaves or the server stops, whichever comes first."""

import asyncio
from contextlib import aclosing
from typing import Final

from meterlark.server.reply import Receive, Send, StreamReply

_HEADERS: Final = (
    (b"cache-control", b"no-store"),
    # nginx holds answers back to send them in larger pieces, unless told otherwise.
    (b"x-accel-buffering", b"no"),
)


async def send_stream(reply: StreamReply, receive: Receive, send: Send, *, request_id: str, stopping: asyncio.Event) -> None:
    """Send a stream; returns when it is over."""
    headers = [(b"x-request-id", request_id.encode("latin-1")), (b"content-type", reply.media_type.encode("latin-1")), *_HEADERS]
    await send({"type": "http.response.start", "status": int(reply.status), "headers": headers})
    sender = asyncio.create_task(_send_pieces(reply, send))
    waits = {sender, asyncio.create_task(_client_left(receive)), asyncio.create_task(stopping.wait())}
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waits:
            task.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
    if not sender.cancelled() and (error := sender.exception()) is not None:
        raise error
    await send({"type": "http.response.body", "body": b""})


async def _send_pieces(reply: StreamReply, send: Send) -> None:
    async with aclosing(reply.pieces) as pieces:  # type: ignore[type-var]  # our iterators are generators, which can be closed
        async for piece in pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})


async def _client_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
