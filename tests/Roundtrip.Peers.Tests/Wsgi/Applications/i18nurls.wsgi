"""One of Werkzeug's own examples, from its package."""
import sys

sys.path.insert(0, "/usr/share/doc/python-werkzeug-doc/examples")

from i18nurls import make_app  # noqa: E402

application = make_app()
