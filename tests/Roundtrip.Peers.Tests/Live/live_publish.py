"""Publishes with a token of PyJWT's making: python3 live_publish.py URL SECRET TOPIC DATA..."""
import sys
import urllib.parse
import urllib.request

import jwt

url, secret, topic = sys.argv[1:4]
token = jwt.encode({"mercure": {"publish": ["*"]}}, secret, algorithm="HS256")
for data in sys.argv[4:]:
    form = urllib.parse.urlencode({"topic": topic, "data": data}).encode()
    request = urllib.request.Request(url, form, {"Authorization": "Bearer " + token})
    with urllib.request.urlopen(request) as response:
        print(response.read().decode())
