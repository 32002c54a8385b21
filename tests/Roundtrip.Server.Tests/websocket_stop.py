"""A WebSocket client by python3-websockets that waits to be told of the server's end. Prints "open", then code and reason.

usage: websocket_stop.py URL
"""
import asyncio
import sys

import websockets


async def main():
    async with websockets.connect(sys.argv[1]) as socket:
        print("open", flush=True)
        try:
            await asyncio.wait_for(socket.recv(), 20)
        except websockets.ConnectionClosed as closed:
            print(closed.rcvd.code, closed.rcvd.reason)


asyncio.run(main())
