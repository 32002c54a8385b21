"""Where links are kept: Redis, or a file of SQLite's. Both give a new URL the next number, written in base 36."""
import os
import sqlite3
import threading

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def base36(number):
    text = DIGITS[number % 36]
    while number >= 36:
        number //= 36
        text = DIGITS[number % 36] + text
    return text


class RedisLinks:
    """url:ID is a link's URL, id:URL its short name, clicks:ID how often it was followed."""

    def __init__(self, host, port):
        import redis

        self._redis = redis.Redis(host, port, decode_responses=True, socket_connect_timeout=1)
        self.description = "Redis at %s:%d" % (host, port)

    def ping(self):
        self._redis.ping()

    def add(self, url):
        known = self._redis.get("id:" + url)
        if known is not None:
            return known
        short = base36(self._redis.incr("links"))
        # Of two that add one URL at a time, the second takes the name of the first.
        if not self._redis.setnx("id:" + url, short):
            return self._redis.get("id:" + url)
        self._redis.set("url:" + short, url)
        return short

    def find(self, short):
        return self._redis.get("url:" + short)

    def follow(self, short):
        self._redis.incr("clicks:" + short)

    def clicks(self, short):
        return int(self._redis.get("clicks:" + short) or 0)


class SqliteLinks:
    """One table; a connection for each thread, as sqlite3 wants it."""

    def __init__(self, path):
        folder = os.path.dirname(path)
        if folder:
            os.makedirs(folder, exist_ok=True)
        self._path = path
        self._local = threading.local()
        self.description = "SQLite in %s" % path
        with self._connection() as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS links (number INTEGER PRIMARY KEY, url TEXT UNIQUE NOT NULL, clicks INTEGER NOT NULL DEFAULT 0)"
            )

    def add(self, url):
        with self._connection() as connection:
            connection.execute("INSERT OR IGNORE INTO links (url) VALUES (?)", (url,))
            (number,) = connection.execute("SELECT number FROM links WHERE url = ?", (url,)).fetchone()
        return base36(number)

    def find(self, short):
        row = self._row(short)
        return row and row[0]

    def follow(self, short):
        with self._connection() as connection:
            connection.execute("UPDATE links SET clicks = clicks + 1 WHERE number = ?", (int(short, 36),))

    def clicks(self, short):
        row = self._row(short)
        return row[1] if row else 0

    def _row(self, short):
        try:
            number = int(short, 36)
        except ValueError:
            return None
        # One link has one name: 0a is not a.
        if base36(number) != short or number >= 1 << 63:
            return None
        return self._connection().execute("SELECT url, clicks FROM links WHERE number = ?", (number,)).fetchone()

    def _connection(self):
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = sqlite3.connect(self._path, timeout=10)
            connection.execute("PRAGMA journal_mode = WAL")
        return connection


def default_path():
    """SHORTLY_DATABASE, or the user's data folder."""
    data = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")
    return os.environ.get("SHORTLY_DATABASE") or os.path.join(data, "shortly", "links.db")
