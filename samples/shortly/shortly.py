"""A shortener of URLs on Werkzeug: a form, a redirect for each short link, and a page that says how often it was followed."""
import os
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.middleware.shared_data import SharedDataMiddleware
from werkzeug.routing import Map, Rule
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from links import RedisLinks, SqliteLinks, default_path

HERE = os.path.dirname(os.path.abspath(__file__))
LONGEST = 2048


class Shortly:
    """The application: called with environ and start_response."""

    def __init__(self, config):
        host = config["redis_host"]
        self.links = RedisLinks(host, config["redis_port"]) if host is not None else SqliteLinks(config.get("database") or default_path())
        self._pages = Environment(loader=FileSystemLoader(os.path.join(HERE, "templates")), autoescape=True)
        self._urls = Map(
            [
                Rule("/", endpoint="new"),
                Rule("/<short>", endpoint="follow"),
                Rule("/<short>+", endpoint="details"),
            ]
        )

    def dispatch_request(self, request):
        adapter = self._urls.bind_to_environ(request.environ)
        try:
            endpoint, values = adapter.match()
            return getattr(self, "on_" + endpoint)(request, **values)
        except NotFound:
            return self._page("missing.html", status=404)
        except HTTPException as fault:
            return fault

    def on_new(self, request):
        url = error = ""
        if request.method == "POST":
            url = request.form.get("url", "").strip()
            error = fault_of(url)
            if not error:
                return redirect("/%s+" % self.links.add(url), 303)
        return self._page("new.html", status=400 if error else 200, url=url, error=error)

    def on_follow(self, request, short):
        url = self.links.find(short)
        if url is None:
            raise NotFound()
        self.links.follow(short)
        return redirect(url)

    def on_details(self, request, short):
        url = self.links.find(short)
        if url is None:
            raise NotFound()
        return self._page("details.html", url=url, link=request.host_url + short, clicks=self.links.clicks(short))

    def wsgi_app(self, environ, start_response):
        request = Request(environ)
        response = self.dispatch_request(request)
        return response(environ, start_response)

    def __call__(self, environ, start_response):
        return self.wsgi_app(environ, start_response)

    def _page(self, name, status=200, **values):
        return Response(self._pages.get_template(name).render(**values), status=status, mimetype="text/html")


def fault_of(url):
    """What is wrong with a URL that is to be shortened; empty for nothing."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "That is no URL."
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return "A URL begins with http:// or https:// and a host."
    if len(url) > LONGEST or any(ord(c) <= 0x20 or ord(c) == 0x7F for c in url):
        return "A URL has no blanks, and at most %d characters." % LONGEST
    return ""


def create_app(redis_host="localhost", redis_port=6379, with_static=True):
    """The application with its store: Redis, or SQLite's file where redis_host is None."""
    app = Shortly({"redis_host": redis_host, "redis_port": redis_port})
    if with_static:
        app.wsgi_app = SharedDataMiddleware(app.wsgi_app, {"/static": os.path.join(HERE, "static")})
    return app
