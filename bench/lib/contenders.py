"""The servers that are compared, and how each is configured and started. To add one: a line here, a file in bench/peers."""

import dataclasses
import os
import shutil

import channels

BENCH = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(BENCH)
PROGRAM = f"{ROOT}/artifacts/publish/Roundtrip/release_linux-x64/roundtrip"
JIT_PROGRAM = f"{ROOT}/artifacts/bin/Roundtrip/release/roundtrip.dll"
# What every TLS client here is started with, so that suite and curve are the same for all contenders.
CLIENT_ENVIRONMENT = {**os.environ, "OPENSSL_CONF": f"{BENCH}/peers/client-openssl.cnf"}
SINK = f"{ROOT}/artifacts/bin/Sink/release/sink.dll"
SCRIPTS = f"{ROOT}/artifacts/cgi-bin"
SUBSCRIBERS = f"{ROOT}/artifacts/live/subscribers"
KESTREL = f"{ROOT}/artifacts/bin/Kestrel/release/kestrel.dll"


@dataclasses.dataclass(frozen=True)
class Contender:
    name: str
    http: int
    https: int
    # Words with @NAME@ are filled in as in the configuration.
    command: tuple
    template: str
    # Where the filled template goes; roundtrip reads it from the folder that it serves.
    configuration: str = "@DIR@/configuration"
    # Further templates, each with where it goes.
    also: tuple = ()
    values: tuple = ()
    environment: tuple = ()
    # Whether it speaks HTTP/2 over TLS and nothing else, and writes no access log.
    only_http2: bool = False
    # How openssl calls the curve that it takes where it may choose. It costs a handshake something, and what comes after nothing.
    curve: str = "X25519"

    def fill(self, text, ground):
        values = {
            **dict(self.values), "DIR": f"{ground.folder}/{self.name}", "WWW": ground.www, "CERTIFICATE": ground.certificate, "KEY": ground.key,
            "BENCH": BENCH, "SCRIPTS": SCRIPTS, "HTTP": str(self.http), "HTTPS": str(self.https),
        }
        for key, value in values.items():
            text = text.replace(f"@{key}@", value)
        return text

    def configure(self, ground):
        """Writes the configuration and returns the command line."""
        ground.folder_of(self.name)
        for name, target in (*(((self.template, self.configuration),) if self.template else ()), *self.also):
            with open(f"{BENCH}/peers/{name}", encoding="utf-8") as template:
                filled = self.fill(template.read(), ground)
            with open(self.fill(target, ground), "w", encoding="utf-8") as file:
                file.write(filled)
        return [self.fill(word, ground) for word in self.command]

    def missing(self):
        """The file that is not there, or None."""
        for word in self.command[:2]:
            if word.startswith("/") and not os.path.exists(word):
                return word
        return None if shutil.which(self.command[0]) else self.command[0]


def _roundtrip(jit):
    program = ("dotnet", JIT_PROGRAM) if jit else (PROGRAM,)
    return Contender(
        "roundtrip", 18080, 18480,
        (*program, "serve", "@WWW@", "--http", "@HTTP@", "--https", "@HTTPS@", "--bind", "127.0.0.1"),
        "roundtrip.conf", configuration="@WWW@/site.conf", environment=(("DOTNET_EnableDiagnostics", "0"),))


def _roundtrip_hosts(jit):
    program = ("dotnet", JIT_PROGRAM) if jit else (PROGRAM,)
    return Contender(
        "roundtrip-hosts", 18086, 18486, (*program, "serve", "-c", "@DIR@/configuration"), "roundtrip-hosts.conf",
        environment=(("DOTNET_EnableDiagnostics", "0"),))


def _wsgi(jit):
    """Who runs WSGI applications: two processes of four threads each; gunicorn's sync workers have one thread."""
    program = ("dotnet", JIT_PROGRAM) if jit else (PROGRAM,)
    pool = (("PROCESSES", "2"), ("THREADS", "4"))
    gunicorn = ("/usr/bin/gunicorn", "--bind", "127.0.0.1:@HTTP@", "--workers", "@PROCESSES@", "--access-logfile", "@DIR@/access.log",
                "--user", "www-data", "--group", "www-data", "--chdir", "@BENCH@/wsgi")
    both = "/usr/bin/uwsgi --ini @DIR@/uwsgi.ini & exec /usr/sbin/nginx -c @DIR@/configuration -p @DIR@ -e @DIR@/error.log"
    # Compiled modules are not written beside the bench.
    quiet = (("PYTHONDONTWRITEBYTECODE", "1"), ("DOTNET_EnableDiagnostics", "0"))
    return (
        Contender("roundtrip-wsgi", 18089, 0, (*program, "serve", "-c", "@DIR@/configuration"), "roundtrip-wsgi.conf", values=pool, environment=quiet),
        Contender("uwsgi", 18090, 0, ("/usr/bin/uwsgi", "--ini", "@DIR@/configuration"), "uwsgi.ini",
                  values=(*pool, ("SOCKET", "http-socket = 127.0.0.1:@HTTP@\nadd-header = Connection: close")), environment=quiet),
        Contender("uwsgi-http11", 18095, 0, ("/usr/bin/uwsgi", "--ini", "@DIR@/configuration"), "uwsgi.ini",
                  values=(*pool, ("SOCKET", "http11-socket = 127.0.0.1:@HTTP@")), environment=quiet),
        Contender("nginx-uwsgi", 18091, 0, ("/bin/sh", "-c", both), "nginx-uwsgi.conf", also=(("nginx-uwsgi.ini", "@DIR@/uwsgi.ini"),), values=pool, environment=quiet),
        Contender("mod_wsgi", 18092, 0, ("/usr/sbin/apache2", "-D", "FOREGROUND", "-f", "@DIR@/configuration"), "mod_wsgi.conf", values=pool, environment=quiet),
        Contender("gunicorn-gthread", 18093, 0, (*gunicorn, "--worker-class", "gthread", "--threads", "@THREADS@", "--keep-alive", "300", "application:application"), "",
                  values=pool, environment=quiet),
        Contender("gunicorn-sync", 18094, 0, (*gunicorn, "application:application"), "", values=pool, environment=quiet),
    )


def _cgi(jit):
    """Who runs CGI scripts, as an unprivileged user each."""
    program = ("dotnet", JIT_PROGRAM) if jit else (PROGRAM,)
    as_user = "setpriv --reuid www-data --regid www-data --clear-groups"
    both = f"{as_user} /usr/sbin/fcgiwrap -c 4 -s unix:@DIR@/fcgiwrap.socket & exec /usr/sbin/nginx -c @DIR@/configuration -p @DIR@ -e @DIR@/error.log"
    return (
        Contender("roundtrip-cgi", 18096, 0, (*program, "serve", "-c", "@DIR@/configuration"), "roundtrip-cgi.conf", environment=(("DOTNET_EnableDiagnostics", "0"),)),
        Contender("mod_cgid", 18097, 0, ("/usr/sbin/apache2", "-D", "FOREGROUND", "-f", "@DIR@/configuration"), "mod_cgid.conf"),
        Contender("nginx-fcgiwrap", 18098, 0, ("/bin/sh", "-c", both), "nginx-fcgiwrap.conf"),
    )


def _live(jit):
    """Who has channels."""
    program = ("dotnet", JIT_PROGRAM) if jit else (PROGRAM,)
    # Debian's modules of node are not where a script outside finds them by itself.
    node = (("NODE_PATH", "/usr/share/nodejs"), ("NODE_ENV", "production"))
    return (
        Contender("roundtrip-live", 18099, 18499, (*program, "serve", "-c", "@DIR@/configuration"), "roundtrip-live.conf", values=(("SECRET", f'"{channels.SECRET}"'),),
                  environment=(("DOTNET_EnableDiagnostics", "0"),)),
        Contender("nchan", 18100, 18500, ("/usr/sbin/nginx", "-c", "@DIR@/configuration", "-p", "@DIR@", "-e", "@DIR@/error.log"), "nchan.conf"),
        Contender("node-ws", 18101, 18501, ("/usr/bin/node", f"{BENCH}/live/broadcast.js", "@HTTP@", "@HTTPS@", "@CERTIFICATE@", "@KEY@"), "", environment=node),
        _kestrel("signalr", 18102, 18502),
    )


def _kestrel(name, http, https):
    return Contender(
        name, http, https, ("dotnet", KESTREL, "@WWW@", "@HTTP@", "@HTTPS@", "@CERTIFICATE@", "@KEY@", "@DIR@"), "",
        environment=(("DOTNET_EnableDiagnostics", "0"), ("ASPNETCORE_ENVIRONMENT", "Production")))


def table(jit=False):
    nginx = ("/usr/sbin/nginx", "-c", "@DIR@/configuration", "-p", "@DIR@", "-e", "@DIR@/error.log")
    return {contender.name: contender for contender in (
        _roundtrip(jit),
        _roundtrip_hosts(jit),
        *_wsgi(jit),
        *_cgi(jit),
        *_live(jit),
        Contender("nginx", 18081, 18481, nginx, "nginx.conf", values=(("SENDFILE", "on"),)),
        Contender("nginx-nosendfile", 18082, 18482, nginx, "nginx.conf", values=(("SENDFILE", "off"),)),
        Contender("h2o", 18083, 18483, ("/usr/bin/h2o", "-m", "worker", "-c", "@DIR@/configuration"), "h2o.conf"),
        # What serves uploads: our libraries with a handler that reads them, since the program has none yet.
        Contender("sink", 18087, 18487, ("dotnet", SINK, "@WWW@", "@HTTP@", "@HTTPS@", "@CERTIFICATE@", "@KEY@", "@DIR@"), "",
                  environment=(("DOTNET_EnableDiagnostics", "0"),)),
        Contender("nghttpd", 0, 18488, ("/usr/sbin/nghttpd", "-a", "127.0.0.1", "-d", "@WWW@", "@HTTPS@", "@KEY@", "@CERTIFICATE@"), "", only_http2=True, curve="ECDH"),
        Contender("apache2", 18084, 18484, ("/usr/sbin/apache2", "-D", "FOREGROUND", "-f", "@DIR@/configuration"), "apache2.conf"),
        _kestrel("kestrel", 18085, 18485),
    )}
