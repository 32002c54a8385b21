"""One of Werkzeug's own examples, from its package: it needs the client's credentials (WSGIPassAuthorization)."""
import sys

sys.path.insert(0, "/usr/share/doc/python-werkzeug-doc/examples")

from httpbasicauth import Application  # noqa: E402

application = Application({"ada": "lovelace"})
