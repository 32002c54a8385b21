"""The smallest application there is on Werkzeug: http://127.0.0.1:8080/?name=Ada says "Hello Ada!"."""
from werkzeug.wrappers import Request, Response


def application(environ, start_response):
    request = Request(environ)
    response = Response("Hello %s!\n" % request.args.get("name", "World"), mimetype="text/plain")
    return response(environ, start_response)
