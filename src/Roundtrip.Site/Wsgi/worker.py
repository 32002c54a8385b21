"""A process that runs WSGI applications (PEP 3333) for Roundtrip.

    python3 /dev/fd/N NAME CONFIGURATION

NAME is what process lists show. CONFIGURATION is a JSON object from the process that read the server's configuration
(WorkerConfiguration.cs writes it). Descriptor 3 is the control socket, a stream
of frames; it brings each thread its inbox, a socket that keeps messages apart, where the thread finds its next request, and its channel, a stream socket on which the one in hand is. All frames are

    type (1 byte), flags (1), stream (2, always 0), payload length (4), request number (8)

little-endian, and then the payload. Text is Latin-1, as in PEP 3333.

On the control socket                                       payload
    > I  the next channel's inbox, its descriptor with the  -
         frame
    > A  attach a channel, its descriptor with the frame    -
    > P  attach the memory that is shared                   -
    > G  go: load the applications, then take requests      -
    > K  write the stack of every thread to the log, where  -
         SIGUSR2 does not do so already
    < Y  ready                                              -
    < M  a source file has changed (reloading alone)        its name
    < L  leaving: it was sent SIGTERM                       -
The end of the control socket is the order to stop: requests under way are finished.

In an inbox
    > Q  a request; flag 1: its content is all here;        length of the environ (4), names and values each ended by NUL,
         flag 2: failures are shown to the client;          the first part of the content
         flag 4: it is one of many at a time;
         flag 8: it is too large for a message, and comes   -
         over the channel
Several may be in it, one a message. What a thread has not taken the server takes back where it lasts: it holds a descriptor of the same end.

On a channel
    > Q  a request that is too large for a message          as above
    > B  content in the ring of the request's content;      how many bytes (4)
         flag 1: the last; flag 2: it broke off
    > W  content was taken from the response's ring         how many bytes (4)
    < R  the response's head; flag 1: this is all           length of the head (4), status and names and values parted by NUL, content
    < D  content; flag 1: the last                          content
    < S  content in the ring of the response's content;     how many bytes (4)
         flag 1: the last
    < F  content from a file, its descriptor with the       offset (8), length (8)
         frame; flag 1: the last
    < E  the end; flag 2: it failed, cut the response       -
    < H  fields of an interim response 103                  names and values parted by NUL
    < C  content is wanted                                  how many bytes more (4)
The end of a channel ends its thread.

The memory that is shared begins with 64 bytes for each channel: before an application is called its request's number is written there, and a request whose number is not there was never taken.
The next 8 bytes are the system's number of the channel's thread.
Behind that, at the next 4096 bytes, each channel has two rings of RING bytes, for content of its request and of its response. That of the request begins anew with each request.

What is written to wsgi.errors, sys.stderr and sys.stdout goes to descriptor 2 by lines, those of a request as \\1NUMBER\\1line.

It is one file, so that its tracebacks name lines of it and an application sees no module but its own. In the order in which a request meets it:

    Frames          their layout, and what is agreed with the server
    The process     main: what it runs as and in, its signals, how it ends with the server
    Server          orders over the control socket; the threads
    Applications    how a script or a module becomes a callable; Sources, whether a file of it has changed
    Channel         one thread: its next request, the call of the application; Urgency
    Response        start_response, write and what the application returns become frames
    Line            the frames and rings of a channel
    Input           wsgi.input
    FileWrapper     wsgi.file_wrapper
    Errors          wsgi.errors, and what is printed
"""
import array
import collections
import contextlib
import faulthandler
import fcntl
import importlib
import io
import json
import mmap
import os
import re
import select
import signal
import socket
import stat
import struct
import sys
import threading
import time
import traceback
import types

try:
    # PyPy: a thread's child may not choose what signals do before it has said so.
    from __pypy__.thread import signals_enabled
except ImportError:
    signals_enabled = contextlib.nullcontext()

# -------- Frames

HEADER = struct.Struct("<BBHIQ")
LENGTH = struct.Struct("<I")
NUMBER = struct.Struct("<Q")
STRETCH = struct.Struct("<QQ")
HEADER_AND_LENGTH = struct.Struct("<BBHIQI")
ALL_HERE, SHOWS_FAILURES, ONE_OF_MANY, LARGE, BROKEN, LAST, FAILED = 1, 2, 4, 8, 2, 1, 2
INBOX, ATTACH, PAGE, GO, STACKS, READY, MODIFIED, LEAVING = b"IAPGKYML"
REQUEST, BODY, ROOM, RESPONSE, DATA, SHARED, FILE, END, HINTS, CREDIT = b"QBWRDSFEHC"
CONTROL = 3
SLOT = 64

PAGE_SIZE = 4096

# Bytes of a ring. Of a request's content so much may be on its way; more is asked for when half of it was read.
RING = 512 * 1024

# So much of a response's content is sent with its frames rather than in the ring. The server takes that off the channel at once, so that no client who reads slowly is in the way of the next request's.
SMALL = 32 * 1024

# The longest message in an inbox.
MESSAGE = 64 * 1024

# recvmsg(2); PyPy has no name for it.
MSG_CMSG_CLOEXEC = getattr(socket, "MSG_CMSG_CLOEXEC", 0x40000000)

# The exit code of one whose requests do not end in shutdown-timeout, as of timeout(1).
TOO_SLOW = 124

# pipe(7): so much is written whole, whoever else writes.
PIPE_BUF = 4096

STATUS = re.compile(r"[1-9][0-9][0-9]( |$)")
PID = os.getpid()


# -------- The process


def main():
    name, configuration = sys.argv[1], json.loads(sys.argv[2])
    # Programs that the application starts get neither the source nor the control socket.
    if sys.argv[0].startswith("/dev/fd/"):
        os.close(int(sys.argv[0][len("/dev/fd/") :]))
    os.set_inheritable(CONTROL, False)
    sys.argv[1:] = []
    # The first entry is the folder of this file, which has none.
    sys.path[0:1] = configuration.get("python-path", [])
    call_itself(name)
    settle(configuration)
    limit_resources(configuration)
    take_signals()
    end_with_server(configuration.get("shutdown-timeout", 5))
    if configuration.get("reloads"):
        # Compiled files are known by the second and the length of their source: one that is changed twice in a second would be taken for the other.
        sys.dont_write_bytecode = True
    sys.stdout = sys.stderr = ERRORS
    server = Server(configuration)
    os.register_at_fork(after_in_child=server.forget)
    server.run()


def call_itself(name):
    try:
        with open("/proc/self/comm", "w") as comm:
            comm.write(name[:15])
    except OSError:
        pass


def settle(configuration):
    """Where it is and how it speaks."""
    if "umask" in configuration:
        os.umask(configuration["umask"])
    os.chdir(configuration.get("home") or home_of_user())
    if configuration.get("locale"):
        import locale

        locale.setlocale(locale.LC_ALL, configuration["locale"])


def home_of_user():
    import pwd

    try:
        folder = pwd.getpwuid(os.geteuid()).pw_dir
    except KeyError:
        return "/"
    return folder if os.access(folder, os.X_OK) else "/"


def limit_resources(configuration):
    import resource

    memory = configuration.get("memory-limit", 0)
    if memory > 0:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    seconds = configuration.get("cpu-time-limit", 0)
    if seconds > 0:
        # The first is SIGXCPU, whose name tells why; the second is SIGKILL.
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))


def take_signals():
    """SIGUSR2 writes the stack of every thread to the log, also of one that hangs within C code; SIGTERM ends the process when its requests are done."""
    faulthandler.enable(2)
    if hasattr(faulthandler, "register"):
        faulthandler.register(signal.SIGUSR2, 2, all_threads=True, chain=False)
    else:
        # PyPy: the server orders it over the control socket.
        signal.signal(signal.SIGUSR2, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, terminate)


class Terminated(SystemExit):
    """SIGTERM has come."""


def terminate(number, _):
    """SIGTERM: requests in hand are finished, as at the end of the control socket; the server has another in its place."""
    signal.signal(number, signal.SIG_IGN)
    raise Terminated(0)


def end_with_server(shutdown_timeout):
    """Has the kernel see to it that this process ends when the server does, also where no thread of Python's can: C code, a regular expression say, may keep Python's lock for ever.

    What comes over the control socket, and its end, raises a signal (fcntl(2), F_SETSIG) whose handler is alarm(2), the function of C itself. A handler is called with the signal's number, so SIGALRM
    ends the process so many seconds later, unless the thread that reads the control socket has taken it back.
    """
    # Not before the time for requests in hand is over; the first is SIGSTKFLT, of which signal(7) says that it is unused, the other the last there is.
    number = 16 if shutdown_timeout < 16 else 64
    try:
        import ctypes

        c = ctypes.CDLL(None)
        c.signal(number, ctypes.cast(c.alarm, ctypes.c_void_p))
        fcntl.fcntl(CONTROL, fcntl.F_SETOWN, PID)
        fcntl.fcntl(CONTROL, fcntl.F_SETSIG, number)
        fcntl.fcntl(CONTROL, fcntl.F_SETFL, fcntl.fcntl(CONTROL, fcntl.F_GETFL) | os.O_ASYNC)
    except (ImportError, OSError):
        # Some distributions package ctypes by itself, and not all that calls itself Linux has such signals.
        pass


# -------- Server


class Server:
    """Obeys what comes over the control socket: what it hands over becomes threads that answer requests."""

    def __init__(self, configuration):
        self._configuration = configuration
        self._sources = Sources()
        self._control = socket.socket(fileno=CONTROL)
        self._arrivals = select.poll()
        self._arrivals.register(CONTROL, select.POLLIN)
        self._inbox = None
        self._memory = None
        self._channels = []
        self._threads = []
        self.applications = Applications(configuration, self._sources)
        self.base = base_of(configuration)
        self.is_stopping = False

    def run(self):
        """Takes orders until the control socket ends."""
        try:
            kind, descriptor = self._order()
            while kind is not None:
                self._obey(kind, descriptor)
                kind, descriptor = self._order()
        except Terminated:
            try:
                self._tell(LEAVING)
            except OSError:
                pass
            raise
        finally:
            # Also when it cannot say that it is ready, or what it loads fails.
            self._stop()

    def _order(self):
        head = b""
        descriptor = None
        while len(head) < HEADER.size:
            # Waited for here: where a thread waits in a call to read, the kernel raises no signal.
            self._arrivals.poll()
            data, passed, _, _ = self._control.recvmsg(HEADER.size - len(head), socket.CMSG_SPACE(4), MSG_CMSG_CLOEXEC)
            # See end_with_server.
            signal.alarm(0)
            if not data:
                return None, None
            head += data
            for _, _, numbers in passed:
                descriptor = array.array("i", numbers)[0]
        return head[0], descriptor

    def _obey(self, kind, descriptor):
        if kind == PAGE:
            self._memory = mmap.mmap(descriptor, 0)
            os.close(descriptor)
        elif kind == INBOX:
            self._inbox = socket.socket(fileno=descriptor)
        elif kind == ATTACH:
            self._channels.append(Channel(self._inbox, socket.socket(fileno=descriptor), len(self._channels), self))
        elif kind == GO:
            self._go()
        elif kind == STACKS and not hasattr(faulthandler, "register"):
            self._write_stacks()

    def _go(self):
        self.applications.preload()
        for channel in self._channels:
            channel.share(self._memory, len(self._channels))
            thread = threading.Thread(target=channel.run, daemon=True)
            thread.start()
            self._threads.append(thread)
        if self._configuration.get("reloads"):
            threading.Thread(target=self._watch_sources, daemon=True).start()
        self._tell(READY)

    def _watch_sources(self):
        name = self._sources.changed()
        while name is None:
            threading.Event().wait(0.5)
            name = self._sources.changed()
        self._tell(MODIFIED, name.encode("utf-8", "surrogateescape"))

    def _tell(self, kind, payload=b""):
        self._control.sendall(HEADER.pack(kind, 0, 0, len(payload), 0) + payload)

    def _write_stacks(self):
        names = {thread.ident: thread.name for thread in threading.enumerate()}
        for ident, frame in sys._current_frames().items():
            if ident != threading.get_ident():
                ERRORS.write("stack of %s:\n%s" % (names.get(ident, ident), "".join(traceback.format_stack(frame))))

    def _stop(self):
        # Each thread ends when its inbox has, after the request in hand; the server closes them, or is gone.
        self.is_stopping = True
        for channel in self._channels:
            channel.stop()
        limit = self._configuration.get("shutdown-timeout", 5)
        # What holds up the interpreter's own end, a thread that the application left or atexit, does so no longer, with or without a server that kills.
        faulthandler.dump_traceback_later(limit + 1, exit=True, file=2)
        until = time.monotonic() + limit
        for thread in self._threads:
            thread.join(max(0, until - time.monotonic()))
        ERRORS.flush()
        if any(thread.is_alive() for thread in self._threads):
            os._exit(TOO_SLOW)

    def forget(self):
        """In a child of a fork: nothing of the server's is the child's, and SIGTERM ends it as it does any process."""
        if signal.getsignal(signal.SIGTERM) is terminate:
            with signals_enabled:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
        for channel in self._channels:
            channel.close()
        self._control.close()


def base_of(configuration):
    """What the environ of every request begins with."""
    return {
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": ERRORS,
        "wsgi.multithread": configuration.get("threads", 1) > 1,
        "wsgi.multiprocess": configuration.get("processes", 1) > 1,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
        "wsgi.file_wrapper": FileWrapper,
        "SCRIPT_NAME": "",
        "PATH_INFO": "",
        "QUERY_STRING": "",
    }


# -------- Applications


class Applications:
    """The callables that requests are for, each loaded once."""

    def __init__(self, configuration, sources):
        self._configuration = configuration
        self._sources = sources
        self._module = configuration.get("module")
        self._loaded = {}
        self._loading = threading.RLock()

    def of(self, environ):
        """The callable that a request is for: the one of --wsgi, or that of a script."""
        key = None if self._module else (environ["SCRIPT_FILENAME"], environ.get("mod_wsgi.callable_object", "application"))
        application = self._loaded.get(key)
        return self._load(key) if application is None else application

    def preload(self):
        """Loads what is to be loaded before the first request."""
        for script in self._configuration.get("preload", []):
            self._load((script["file"].encode("utf-8", "surrogateescape").decode("latin-1"), script["callable"]))
        for script in self._configuration.get("import", []):
            self._execute(script)
        if self._module:
            self._preload_module()

    def _preload_module(self):
        try:
            self._load(None)
        except BaseException as fault:
            if not self._configuration.get("reloads"):
                raise
            # While its source is worked on, a fault in it is said, is the answer to requests too, and gone with the next when it is mended.
            ERRORS.write("".join(traceback.format_exception(type(fault), fault, application_part(fault.__traceback__))))

    def _load(self, key):
        with self._loading:
            application = self._loaded.get(key)
            if application is None:
                application = self._loaded[key] = self._import(self._module) if key is None else self._of_script(*key)
        return application

    def _of_script(self, script, name):
        file = script.encode("latin-1").decode("utf-8", "surrogateescape")
        return self._named(self._execute(file), name, file)

    def _execute(self, script):
        """Runs a script file as a module of its own."""
        if not self._may_run(script):
            raise PermissionError("%s is no script of this group of processes" % script)
        name = "_wsgi_" + re.sub(r"\W", "_", script)
        if name in sys.modules:
            return sys.modules[name]
        module = types.ModuleType(name)
        module.__file__ = script
        with open(script, "rb") as file:
            code = compile(file.read(), script, "exec", dont_inherit=True)
        sys.modules[name] = module
        try:
            exec(code, module.__dict__)
        except BaseException:
            del sys.modules[name]
            raise
        return module

    def _may_run(self, script):
        """Whether the configuration allows it: the server that talks to the network can give requests, not code."""
        if script in self._configuration.get("scripts", []):
            return True
        real = os.path.realpath(script)
        return any(real.startswith(folder if folder.endswith("/") else folder + "/") for folder in self._configuration.get("folders", []))

    def _import(self, spec):
        name, _, attribute = spec.partition(":")
        # Files that were added since the last try are found.
        importlib.invalidate_caches()
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError as fault:
            if fault.name is None or not (name + ".").startswith(fault.name + "."):
                raise
            raise LookupError("there is no module %s in %s" % (fault.name, ", ".join(sys.path))) from None
        self._sources.changed()
        return self._named(module, attribute or "application", "module " + name)

    @staticmethod
    def _named(module, name, where):
        found = module
        for part in name.split("."):
            found = getattr(found, part, None)
        if not callable(found):
            raise LookupError("%s has no callable named %s" % (where, name))
        return found


class Sources:
    """The files of the modules that are loaded, and whether one is not as it was."""

    def __init__(self):
        self._seen = {}

    def changed(self):
        """The file of a module that is not as it was when it was seen first; None for none."""
        for module in list(sys.modules.values()):
            name = getattr(module, "__file__", None)
            if not name:
                continue
            try:
                changed = os.stat(name).st_mtime_ns
            except OSError:
                continue
            if self._seen.setdefault(name, changed) != changed:
                return name
        return None


def application_part(frames):
    """A traceback without the frames at its beginning that are the server's and the import system's; None where there are no others."""
    while frames is not None:
        name = frames.tb_frame.f_code.co_filename
        if name not in (__file__, importlib.__file__) and not name.startswith("<frozen importlib"):
            break
        frames = frames.tb_next
    return frames


# -------- Channel


class Channel:
    """One thread, and what it answers."""

    def __init__(self, inbox, sock, index, server):
        self._inbox = inbox
        self._message = bytearray(MESSAGE)
        self._line = Line(sock, index)
        self._response = Response(self._line)
        self._start_response = self._response.start_response
        self._server = server
        self._base = dict(server.base)
        self._base["wsgi.early_hints"] = self._response.hint
        self._memory = None
        self._slot = index * SLOT
        self._is_between = False
        self._urgency = Urgency()

    def share(self, memory, channels):
        """Where its number and its rings are."""
        self._memory = memory
        self._line.share(memory, channels)

    def run(self):
        """Answers requests until the inbox or the channel ends."""
        message = memoryview(self._message)
        NUMBER.pack_into(self._memory, self._slot + NUMBER.size, threading.get_native_id())
        try:
            while True:
                count = self._inbox.recv_into(message)
                if count == 0:
                    break
                _, flags, _, _, number = HEADER.unpack_from(message)
                if flags & LARGE:
                    flags, payload = self._line.receive_large()
                else:
                    payload = message[HEADER.size : count]
                self._answer(flags, number, payload)
                self._await_taken()
        except (EOFError, OSError):
            pass
        finally:
            self.close()

    def stop(self):
        """Has the thread end once what is in its inbox is answered. Called when the server is stopping."""
        try:
            self._inbox.shutdown(socket.SHUT_RD)
            if self._is_between:
                self._line.sock.shutdown(socket.SHUT_RD)
        except OSError:
            pass

    def close(self):
        self._inbox.close()
        self._line.sock.close()

    def _answer(self, flags, number, payload):
        self._urgency.choose(not flags & ONE_OF_MANY)
        self._line.begin(number)
        self._response.begin()
        environ = self._environ_of(flags, payload)
        ERRORS.begin(number)
        NUMBER.pack_into(self._memory, self._slot, number)
        try:
            self._call(self._server.applications.of(environ), environ)
        except (BrokenPipeError, ConnectionResetError):
            if not self._line.is_gone():
                self._response.fail(sys.exc_info(), flags & SHOWS_FAILURES)
        except BaseException:
            self._response.fail(sys.exc_info(), flags & SHOWS_FAILURES)
        finally:
            ERRORS.end()
            self._line.request = None
            check_process()

    def _environ_of(self, flags, payload):
        (length,) = LENGTH.unpack_from(payload)
        items = iter(str(payload[4 : 4 + length], "latin-1").split("\0"))
        content = bytes(payload[4 + length :])
        environ = self._base.copy()
        environ.update(zip(items, items))
        environ["wsgi.input"] = io.BytesIO(content) if flags & ALL_HERE else Input(self._line, content)
        if "HTTPS" in environ:
            environ["wsgi.url_scheme"] = "https"
        return environ

    def _call(self, application, environ):
        result = application(environ, self._start_response)
        try:
            self._response.send(result)
        finally:
            close = getattr(result, "close", None)
            if close is not None:
                close()

    def _await_taken(self):
        """Waits until the server has all that is in the ring: a client who reads slowly keeps it there, and the next request had better go to another thread meanwhile."""
        self._is_between = True
        while self._line.room < RING and not self._server.is_stopping:
            self._line.take_frame()
        self._is_between = False


class Urgency:
    """Whether this thread, when it is woken, takes the processor at once from who has it (sched(7), SCHED_BATCH).

    That is right for a request that comes alone. Where many come at a time, who is interrupted is the server that gives them out, once for each: then it is let finish, and several threads have
    work before the first begins. What the application starts meanwhile inherits it.
    """

    def __init__(self):
        self._is_urgent = True
        self._may_choose = True

    def choose(self, is_urgent):
        if is_urgent == self._is_urgent or not self._may_choose:
            return
        self._is_urgent = is_urgent
        try:
            # A policy that the operator or the application has chosen stays.
            self._may_choose = os.sched_getscheduler(0) in (os.SCHED_OTHER, os.SCHED_BATCH)
            if self._may_choose:
                os.sched_setscheduler(0, os.SCHED_OTHER if is_urgent else os.SCHED_BATCH, os.sched_param(0))
        except (AttributeError, OSError):
            self._may_choose = False


def check_process():
    if os.getpid() != PID:
        # The application forked and did not end its child: the response is its parent's to send.
        os._exit(70)


# -------- Response


class Response:
    """The response in hand on a line, as PEP 3333 has it, in frames."""

    def __init__(self, line):
        self._line = line
        self.begin()

    def begin(self):
        """For the next request."""
        self._head = None
        self._is_sent = self._is_ended = False
        self._left = -1
        self._unshared = 0

    def start_response(self, status, headers, exc_info=None):
        """PEP 3333, "The start_response() Callable"."""
        if exc_info:
            try:
                if self._is_sent:
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None
        elif self._head is not None:
            raise AssertionError("start_response() was called already; without exc_info it is called once")
        if type(status) is not str or not STATUS.match(status):
            raise ValueError("status must be a string such as '200 OK', not %r" % (status,))
        if status[0] == "1":
            raise ValueError("an interim status (%r) is no response" % (status,))
        left = -1
        parts = [status]
        for name, value in headers:
            if type(name) is not str or type(value) is not str:
                raise TypeError("names and values of headers must be strings, not %r: %r" % (name, value))
            parts.append(name)
            parts.append(value)
            if len(name) == 14 and name.lower() == "content-length":
                left = int(value)
                if left < 0:
                    raise ValueError("Content-Length is %r" % value)
        self._head = joined(parts).encode("latin-1")
        self._left = left
        return self.write

    def write(self, data):
        """The write() callable; content that is more than Content-Length says is left out."""
        if type(data) is not bytes:
            raise TypeError("content must be bytes, not " + type(data).__name__)
        if self._head is None:
            raise AssertionError("content before start_response() was called")
        if not data or self._is_ended:
            return
        if self._left >= 0:
            if len(data) > self._left:
                self._say("more content than Content-Length says; the rest is left out")
                data = data[: self._left]
            self._left -= len(data)
        self._put(data, LAST if self._left == 0 else 0)

    def hint(self, fields):
        """wsgi.early_hints: sends an interim response 103 with these fields."""
        parts = []
        for name, value in fields:
            parts.append(name)
            parts.append(value)
        text = joined(parts)
        if parts and not self._is_sent:
            self._line.send(HINTS, 0, text.encode("latin-1"))

    def send(self, result):
        """Sends what the application has returned."""
        # The commonest response is sent in one go, and so its length is known.
        if type(result) in (list, tuple) and len(result) == 1 and not self._is_sent and type(result[0]) is bytes and self._head is not None:
            data = result[0]
            if 0 <= self._left != len(data):
                self.write(data)
                self._finish()
            else:
                self._put(data, LAST)
        elif type(result) is not FileWrapper or not self._send_file(result):
            self._send_parts(result)

    def _send_parts(self, result):
        for data in result:
            if data or type(data) is not bytes:
                self.write(data)
            elif self._head is None:
                raise AssertionError("content before start_response() was called")
            if self._is_ended:
                break
        self._finish()

    def _finish(self):
        if self._head is None:
            raise AssertionError("the application returned without having called start_response()")
        if self._is_ended:
            return
        if self._is_sent:
            if self._left > 0:
                self._say("less content than Content-Length says, by %d bytes" % self._left)
            self._send_end(0)
        else:
            self._put(b"", LAST)

    def _put(self, data, flags):
        """Sends content, behind the head where that was not sent, with its frame or over the ring."""
        self._unshared += len(data)
        if self._unshared > SMALL:
            self._put_shared(data, flags)
            return
        self._is_ended = flags == LAST
        head = HEADER.pack(DATA, flags, 0, len(data), self._line.request) if self._is_sent else self._take_head(flags, len(data))
        check_process()
        self._line.sock.sendall(head + data)

    def _put_shared(self, data, flags):
        check_process()
        frame = b""
        if not self._is_sent:
            if self._left < 0 and flags == LAST:
                self._head += b"\0Content-Length\0%d" % len(data)
            frame = self._take_head(0, 0)
        self._line.send_shared(frame, data, flags)
        self._is_ended = flags == LAST

    def _take_head(self, flags, count):
        """The response's head as the frame begins that has it and so much content."""
        self._is_sent = True
        return HEADER_AND_LENGTH.pack(RESPONSE, flags, 0, 4 + len(self._head) + count, self._line.request, len(self._head)) + self._head

    def _send_file(self, wrapper):
        stretch = wrapper.stretch()
        if stretch is None or self._head is None or self._is_ended:
            return False
        descriptor, offset, length = stretch
        if self._left >= 0:
            length = min(length, self._left)
        if not self._is_sent:
            if self._left < 0:
                self._head += b"\0Content-Length\0%d" % length
            self._put(b"", 0)
        passed = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [descriptor]))]
        payload = STRETCH.pack(offset, length)
        frame = HEADER.pack(FILE, LAST, 0, len(payload), self._line.request) + payload
        check_process()
        sent = self._line.sock.sendmsg([frame], passed)
        self._line.sock.sendall(frame[sent:])
        self._is_ended = True
        return True

    def _send_end(self, flags):
        self._is_ended = True
        self._line.send(END, flags)

    def fail(self, fault, is_shown):
        kind, value, _ = fault
        text = "".join(traceback.format_exception(kind, value, application_part(fault[2])))
        fault = None
        if issubclass(kind, ClientGone) and self._line.is_gone():
            return
        ERRORS.write(text if text.endswith("\n") else text + "\n")
        try:
            if self._is_sent:
                if not self._is_ended:
                    self._send_end(FAILED)
            else:
                self._left = -1
                content = text.encode("utf-8", "replace") if is_shown else b""
                # Without content the server sends its own page.
                self._head = b"500 Internal Server Error"
                if content:
                    self._head += b"\0Content-Type\0text/plain; charset=utf-8"
                self._put(content, LAST)
        except OSError:
            pass

    def _say(self, text):
        ERRORS.write("wsgi: " + text + "\n")


def joined(parts):
    """Status, names and values in one text, parted by NUL."""
    text = "\0".join(parts)
    if text.count("\0") != max(0, len(parts) - 1) or "\n" in text or "\r" in text:
        raise ValueError("a status or field has a NUL, CR or LF in it: %r" % (parts,))
    return text


# -------- Line


class Line:
    """A channel's stream socket and its two rings: what goes between this thread and the server while a request is in hand."""

    def __init__(self, sock, index):
        self.sock = sock
        self.request = None
        self.room = RING
        self._index = index
        self._requests = self._responses = memoryview(b"")
        self._request_at = self._response_at = 0
        self._contents = collections.deque()
        self._buffer = bytearray(64 * 1024)
        self._view = memoryview(self._buffer)
        self._start = self._end = 0
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)

    def share(self, memory, channels):
        """Where its rings are."""
        start = (channels * SLOT + PAGE_SIZE - 1) // PAGE_SIZE * PAGE_SIZE + self._index * 2 * RING
        self._requests = memoryview(memory)[start : start + RING]
        self._responses = memoryview(memory)[start + RING : start + 2 * RING]

    def begin(self, request):
        """For the next request."""
        self.request = request
        self._request_at = 0
        self._contents.clear()

    def send(self, kind, flags, payload=b""):
        check_process()
        self.sock.sendall(HEADER.pack(kind, flags, 0, len(payload), self.request) + payload)

    def send_shared(self, frame, data, flags):
        """Sends a frame, and content over the ring, as there is room."""
        rest = memoryview(data)
        while rest:
            if self.room == 0:
                self._await_room()
            start = self._response_at
            count = min(len(rest), self.room, RING - start)
            self._responses[start : start + count] = rest[:count]
            self._response_at = (start + count) % RING
            self.room -= count
            rest = rest[count:]
            frame += HEADER_AND_LENGTH.pack(SHARED, 0 if rest else flags, 0, 4, self.request, count)
            self.sock.sendall(frame)
            frame = b""

    def receive_body(self):
        """The flags and the next content of the request; valid until the next call."""
        while not self._contents:
            self.take_frame()
        return self._contents.popleft()

    def receive_large(self):
        """The flags and payload of a request that comes over the channel, behind what was on its way there."""
        while True:
            frame = self.take_frame()
            if frame[0] == REQUEST:
                return frame[1], frame[3]

    def take_frame(self):
        """Takes the next frame: room in the response's ring, or this request's content, which may stay in its ring: its place is written again when more is asked for."""
        frame = kind, flags, number, payload = self._receive()
        if kind == ROOM:
            self.room += LENGTH.unpack(payload)[0]
        elif kind == BODY and number == self.request:
            (count,) = LENGTH.unpack(payload)
            start = self._request_at
            self._request_at = (start + count) % RING
            self._contents.append((flags, self._requests[start : start + count]))
        return frame

    def _await_room(self):
        try:
            while self.room == 0:
                self.take_frame()
        except EOFError:
            raise BrokenPipeError from None

    def is_gone(self):
        """Whether the server has left the channel."""
        try:
            return self.sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    def _receive(self):
        """The next frame. Its payload is valid until the next call."""
        self._need(HEADER.size)
        kind, flags, _, length, number = HEADER.unpack_from(self._buffer, self._start)
        self._need(HEADER.size + length)
        start = self._start + HEADER.size
        self._start = start + length
        return kind, flags, number, self._view[start : start + length]

    def _need(self, count):
        have = self._end - self._start
        if have >= count:
            return
        if have == 0:
            self._start = self._end = 0
        if self._start + count > len(self._buffer):
            rest = bytes(self._view[self._start : self._end])
            self._buffer = bytearray(max(len(self._buffer), count)) if count > len(self._buffer) else self._buffer
            self._view = memoryview(self._buffer)
            self._view[:have] = rest
            self._start, self._end = 0, have
        while self._end - self._start < count:
            read = self.sock.recv_into(self._view[self._end :])
            if read == 0:
                raise EOFError
            self._end += read


# -------- Input


class ClientGone(OSError):
    """The request's content does not come whole."""


class Input:
    """wsgi.input: what came with the request, then what the server sends for the credit that it is given."""

    def __init__(self, line, first):
        self._line = line
        self._request = line.request
        self._data = first
        self._at = 0
        self._credit = 0
        self._ended = False

    def _next(self):
        """What comes next, valid until the next call; None at the end."""
        while not self._ended:
            if self._line.request != self._request:
                raise ValueError("wsgi.input is used after its request")
            if self._credit <= RING // 2:
                self._line.send(CREDIT, 0, LENGTH.pack(RING - self._credit))
                self._credit = RING
            flags, content = self._line.receive_body()
            self._credit -= len(content)
            self._ended = flags != 0
            if flags & BROKEN:
                raise ClientGone("the client has not sent the whole of the request's content")
            if content:
                return content
        return None

    def _fill(self):
        """Appends what comes next; False at the end."""
        content = self._next()
        if content is None:
            return False
        self._data = self._data[self._at :] + bytes(content)
        self._at = 0
        return True

    def read(self, size=-1):
        if size is None or size < 0:
            size = sys.maxsize
        have = self._data[self._at : self._at + size]
        self._at += len(have)
        if len(have) == size or self._ended:
            return have
        # What comes is written into the result, and copied no more.
        result = io.BytesIO()
        result.write(have)
        size -= len(have)
        while size > 0:
            content = self._next()
            if content is None:
                break
            result.write(content[:size])
            if len(content) > size:
                self._data = bytes(content[size:])
                self._at = 0
            size -= len(content)
        return result.getvalue()

    def readline(self, size=-1):
        if size is None or size < 0:
            size = sys.maxsize
        parts = []
        while size > 0:
            end = self._data.find(b"\n", self._at, self._at + min(size, sys.maxsize - self._at)) + 1
            part = self._data[self._at : end or self._at + size]
            if part:
                parts.append(part)
                self._at += len(part)
                size -= len(part)
            if end or (not part and not self._fill()):
                break
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def readlines(self, hint=-1):
        lines = []
        total = 0
        for line in self:
            lines.append(line)
            total += len(line)
            if hint is not None and 0 < hint <= total:
                break
        return lines

    def __iter__(self):
        return iter(self.readline, b"")

    def close(self):
        """Nothing: the server owns the content."""


# -------- FileWrapper


class FileWrapper:
    """wsgi.file_wrapper: a file that is returned in it is sent by the server itself."""

    def __init__(self, filelike, block_size=8192):
        self.filelike = filelike
        self.block_size = block_size
        if hasattr(filelike, "close"):
            self.close = filelike.close

    def __iter__(self):
        return iter(lambda: self.filelike.read(self.block_size), b"")

    def stretch(self):
        """Descriptor, offset and length where it is a file of the file system."""
        try:
            descriptor = self.filelike.fileno()
            status = os.fstat(descriptor)
            offset = self.filelike.tell()
        except (AttributeError, OSError, ValueError):
            return None
        return (descriptor, offset, max(0, status.st_size - offset)) if stat.S_ISREG(status.st_mode) else None


# -------- Errors


class Errors(io.TextIOBase):
    """sys.stderr, sys.stdout and wsgi.errors: whole lines, each with the number of the request in hand on this thread."""

    encoding = "utf-8"
    errors = "backslashreplace"

    def __init__(self):
        self._local = threading.local()

    def begin(self, request):
        self._local.request = request
        self._local.text = ""

    def end(self):
        self.flush()
        self._local.request = None

    def writable(self):
        return True

    def fileno(self):
        return 2

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError("write() argument must be str, not " + type(text).__name__)
        local = self._local
        lines = (getattr(local, "text", "") + text).split("\n")
        local.text = lines.pop()
        for line in lines:
            self._put(line)
        if len(local.text) > 1 << 16:
            self.flush()
        return len(text)

    def flush(self):
        text = getattr(self._local, "text", "")
        if text:
            self._local.text = ""
            self._put(text)

    def _put(self, line):
        request = getattr(self._local, "request", None)
        mark = b"" if request is None else b"\1%d\1" % request
        data = line.encode("utf-8", "backslashreplace")
        room = PIPE_BUF - len(mark) - 1
        for at in range(0, max(len(data), 1), room):
            rest = memoryview(mark + data[at : at + room] + b"\n")
            while rest:
                try:
                    rest = rest[os.write(2, rest) :]
                except OSError:
                    return


ERRORS = Errors()


if __name__ == "__main__":
    main()
