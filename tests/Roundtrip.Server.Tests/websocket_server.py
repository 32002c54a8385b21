"""A WebSocket server by python3-websockets that sends messages back. Prints its port, and ends when its input does.

usage: websocket_server.py
"""
import asyncio
import sys

import websockets


async def echo(socket):
    async for message in socket:
        if message == "fragments, please":
            await socket.send(["frag", "", "ments"])
        elif message == "close, please":
            await socket.close(4001, "as you wish")
        else:
            await socket.send(message)


async def main():
    async with websockets.serve(echo, "127.0.0.1", 0, subprotocols=["echo.v1"], max_size=None) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
