"""What every contender of `bench/compare wsgi` runs: four small applications behind one callable."""
from flask import Flask, jsonify

PIECE = bytes(range(256)) * 256
flask = Flask("bench")


@flask.route("/flask/<int:number>")
def items(number):
    return jsonify(number=number, name="item %d" % number, tags=["a", "b", "c"], price=number * 1.5)


def hello(environ, start_response):
    body = b"Hello, world!\n"
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


def stream(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/octet-stream"), ("Content-Length", str(16 * len(PIECE)))])
    return (PIECE for _ in range(16))


def echo(environ, start_response):
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response("200 OK", [("Content-Type", "application/octet-stream"), ("Content-Length", str(len(body)))])
    return [body]


APPLICATIONS = {"/hello": hello, "/stream": stream, "/echo": echo}


def application(environ, start_response):
    return APPLICATIONS.get(environ["PATH_INFO"], flask)(environ, start_response)
