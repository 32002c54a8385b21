"""A WebSocket client by python3-websockets: what it sends must come back. Prints "ok" and what was agreed on.

usage: websocket_client.py URL [CERTIFICATE]
"""
import asyncio
import ssl
import sys

import websockets
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

url = sys.argv[1]
context = ssl.create_default_context(cafile=sys.argv[2]) if len(sys.argv) > 2 else None


async def main():
    extensions = [ClientPerMessageDeflateFactory(client_max_window_bits=True)]
    async with websockets.connect(
            url, ssl=context, subprotocols=["echo.v1", "echo.v2"], extensions=extensions, max_size=None, open_timeout=20) as socket:
        messages = ["", "a", "é😀" * 100, "x" * 100_000, b"", bytes(range(256)) * 400, "y" * 200_000, b"\0" * 500_000, "tail"]
        for message in messages * 2:
            await socket.send(message)
            assert await socket.recv() == message, f"another {len(message)} came back"
        # Fragments, and a ping between them.
        await socket.send(["frag", "", "men", "ts"])
        assert await socket.recv() == "fragments"
        await asyncio.wait_for(await socket.ping(b"still there?"), 10)
        # Many at once.
        for i in range(500):
            await socket.send(f"message {i} " * 20)
        for i in range(500):
            assert await socket.recv() == f"message {i} " * 20
        await socket.send("close, please")
        try:
            await socket.recv()
        except websockets.ConnectionClosed as closed:
            assert (closed.rcvd.code, closed.rcvd.reason) == (4001, "as you wish"), closed
        print("ok", socket.subprotocol, socket.response_headers.get("Sec-WebSocket-Extensions"))


asyncio.run(main())
