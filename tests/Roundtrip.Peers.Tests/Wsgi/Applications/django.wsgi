"""A project of Django's in one file: its admin, a form, a file."""
import os
import sys
import types

HERE = os.path.dirname(os.path.abspath(__file__))

import django  # noqa: E402
from django.conf import settings  # noqa: E402

settings.configure(
    SECRET_KEY="tests alone",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF="project_urls",
    STATIC_URL="/django-static/",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.path.join(HERE, "django.sqlite")}},
    INSTALLED_APPS=[
        "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
        "django.contrib.messages", "django.contrib.staticfiles",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    TEMPLATES=[{
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": [
            "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
            "django.contrib.messages.context_processors.messages",
        ]},
    }],
)
django.setup()

from django.contrib import admin  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import FileResponse, HttpResponse, StreamingHttpResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402


@csrf_exempt
def upload(request):
    upload = request.FILES["file"]
    return HttpResponse("%s %d %s" % (upload.name, upload.size, request.POST["note"]))


def source(request):
    return FileResponse(open(os.path.abspath(__file__), "rb"), filename="django.wsgi")


def count(request):
    return StreamingHttpResponse("%d\n" % number for number in range(1000))


urls = types.ModuleType("project_urls")
urls.urlpatterns = [path("admin/", admin.site.urls), path("upload", upload), path("source", source), path("count", count)]
sys.modules["project_urls"] = urls

call_command("migrate", verbosity=0)
if not get_user_model().objects.filter(username="ada").exists():
    get_user_model().objects.create_superuser("ada", "ada@example.org", "lovelace")
application = get_wsgi_application()
