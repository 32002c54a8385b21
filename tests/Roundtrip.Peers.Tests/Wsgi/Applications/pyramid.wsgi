"""Pyramid's routes, JSON both ways, and an exception's view."""
from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPNotFound
from pyramid.response import Response


def hello(request):
    return Response("Hello %(name)s!" % request.matchdict)


def double(request):
    return {"doubled": request.json_body["number"] * 2, "url": request.route_url("hello", name="ada")}


def missing(request):
    request.response.status = 404
    return {"missing": request.path_info}


with Configurator() as config:
    config.add_route("hello", "/hello/{name}")
    config.add_route("double", "/double")
    config.add_view(hello, route_name="hello")
    config.add_view(double, route_name="double", renderer="json", request_method="POST")
    config.add_view(missing, context=HTTPNotFound, renderer="json")
    application = config.make_wsgi_app()
