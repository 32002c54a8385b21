"""Flask's own example, a blog with accounts, from its package; its database lies beside this file."""
import os
import sys

sys.path.insert(0, "/usr/share/doc/python3-flask/examples")

import flask  # noqa: E402
import flaskr  # noqa: E402
from flaskr import db  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
# The example makes its instance folder beside itself, where only root may write.
flask.Flask.auto_find_instance_path = lambda self: os.path.join(HERE, "flaskr-instance")
application = flaskr.create_app({"SECRET_KEY": "tests alone", "DATABASE": os.path.join(HERE, "flaskr.sqlite")})
with application.app_context():
    db.init_db()
