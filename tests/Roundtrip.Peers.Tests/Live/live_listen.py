"""Listens by python3-websockets: python3 live_listen.py URL TOPIC COUNT. Prints ready, then the data of each message."""
import asyncio
import json
import sys

import websockets


async def main(url, topic, count):
    async with websockets.connect(url, subprotocols=["roundtrip.live.v1"]) as socket:
        await socket.send(json.dumps({"op": "subscribe", "sub": 1, "topics": [topic]}))
        while count > 0:
            message = json.loads(await socket.recv())
            if message["op"] == "subscribed":
                print("ready", flush=True)
            elif message["op"] == "message":
                print(message["data"], flush=True)
                count -= 1


asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
