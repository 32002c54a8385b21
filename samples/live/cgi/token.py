#!/usr/bin/python3
# A token to publish to this sample's topics with, for ten minutes: an application would ask first who that is.
import base64
import hashlib
import hmac
import json
import os
import re
import time

CONFIGURATION = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "site.conf")


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


with open(CONFIGURATION, encoding="utf-8") as file:
    key = re.search(r"^\s*LivePublisherKey\s+HS256\s+(\S+)", file.read(), re.MULTILINE).group(1)

topics = ["/chat/{room}", "/counter"]
claims = {"exp": int(time.time()) + 600, "mercure": {"publish": topics, "subscribe": topics}}
content = encoded(b'{"alg":"HS256","typ":"JWT"}') + b"." + encoded(json.dumps(claims).encode())
signature = encoded(hmac.new(key.encode(), content, hashlib.sha256).digest())
print("Content-Type: text/plain\nCache-Control: no-store\n")
print((content + b"." + signature).decode(), end="")
