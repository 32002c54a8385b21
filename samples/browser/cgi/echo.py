#!/usr/bin/python3
# Tells of a request what came, and answers in each form that XMLHttpRequest reads.
import hashlib
import json
import os
import sys
import time
from urllib.parse import parse_qs

query = {name: values[0] for name, values in parse_qs(os.environ.get("QUERY_STRING", ""), keep_blank_values=True).items()}
form = query.get("as", "")
out = sys.stdout.buffer
bodies = {
    "text": ("text/plain; charset=utf-8", "grüße\n".encode()),
    "json": ("application/json", b'{"answer":[1,2,3]}'),
    "xml": ("application/xml", b"<answer><n>1</n></answer>"),
    "bytes": ("application/octet-stream", bytes(range(256))),
    "slow": ("application/octet-stream", bytes(65536)),
}


def head(content_type, length):
    lines = [f"Content-Type: {content_type}", f"Content-Length: {length}", "Cache-Control: no-store", "X-Answer: exposed", "X-Hidden: not exposed"]
    if "cookie" in query:
        lines.append(f"Set-Cookie: visit={query['cookie']}; Path=/; HttpOnly; SameSite=None; Secure; Partitioned")
    out.write("\n".join([*lines, "", ""]).encode())


if form in bodies:
    content_type, body = bodies[form]
    head(content_type, len(body))
    step = 16384 if form == "slow" else len(body)
    for at in range(0, len(body), step):
        out.write(body[at:at + step])
        out.flush()
        if form == "slow":
            time.sleep(0.4)
elif form == "broken":
    out.write(b"Content-Type: text/plain\nContent-Length: 10\nCache-Control: no-store\n\n12345")
elif form == "never":
    time.sleep(5)
    head("text/plain", 0)
else:
    body = sys.stdin.buffer.read(int(os.environ.get("CONTENT_LENGTH") or 0))
    answer = json.dumps({
        "method": os.environ.get("REQUEST_METHOD"),
        "type": os.environ.get("CONTENT_TYPE", ""),
        "length": len(body),
        "sha256": hashlib.sha256(body).hexdigest(),
        "text": body[:300].decode("utf-8", "replace"),
        "note": os.environ.get("HTTP_X_NOTE", ""),
        "origin": os.environ.get("HTTP_ORIGIN", ""),
        "cookie": os.environ.get("HTTP_COOKIE", ""),
        "protocol": os.environ.get("SERVER_PROTOCOL", ""),
    }).encode()
    head("application/json", len(answer))
    out.write(answer)
