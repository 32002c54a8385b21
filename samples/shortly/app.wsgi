"""What the server loads: Shortly on Redis where one answers (SHORTLY_REDIS=HOST:PORT, by default localhost:6379), otherwise on a file. The error log says which."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

NEEDED = "shortly: Werkzeug and Jinja2 are missing: apt-get install python3-werkzeug python3-jinja2"


def choose():
    from shortly import create_app

    host, _, port = os.environ.get("SHORTLY_REDIS", "localhost:6379").rpartition(":")
    try:
        app = create_app(redis_host=host, redis_port=int(port), with_static=True)
        app.links.ping()
    except Exception as fault:
        print("shortly: no Redis (%s)" % fault, file=sys.stderr)
        app = create_app(redis_host=None, with_static=True)
    print("shortly: links are kept in %s" % app.links.description, file=sys.stderr)
    return app


def missing(environ, start_response):
    start_response("503 Service Unavailable", [("Content-Type", "text/plain; charset=utf-8")])
    return [(NEEDED + "\n").encode()]


try:
    application = choose()
except ImportError as fault:
    if fault.name not in ("werkzeug", "jinja2"):
        raise
    print(NEEDED, file=sys.stderr)
    application = missing
