namespace Roundtrip.Peers.Tests.Wsgi.Processes;

/// <summary>The applications of these tests.</summary>
internal static class Applications
{
    /// <summary>Answers with its process's number, or does something evil first.</summary>
    public const string Evil = """
        import ctypes, os, re, sys, time

        def stream():
            hold = os.path.join(os.path.dirname(__file__), 'hold')
            for number in range(30):
                time.sleep(0.01)
                while number > 15 and os.path.exists(hold):
                    time.sleep(0.01)
                yield b'%07d\n' % number * 8192

        def application(environ, start_response):
            path = environ['PATH_INFO']
            if path == '/segfault':
                ctypes.string_at(0)
            if path == '/exit':
                sys.exit(3)
            if path == '/_exit':
                os._exit(4)
            if path == '/kill':
                os.kill(os.getpid(), 9)
            if path == '/loop':
                while True:
                    pass
            if path == '/locked':
                print('now it is locked')
                # Longer than the universe is old, and no other thread runs meanwhile.
                re.match('(a+)+b', 'a' * 80)
            if path == '/memory':
                kept = []
                while True:
                    kept.append(bytearray(1 << 20))
            if path == '/cpu':
                while True:
                    pass
            if path == '/slow':
                print('the slow one has begun')
                time.sleep(1.5)
            if path == '/stream':
                start_response('200 OK', [('Content-Type', 'text/plain')])
                return stream()
            if path == '/fork':
                if os.fork() == 0:
                    pass
            if path == '/terminated':
                child = os.fork()
                if child == 0:
                    time.sleep(60)
                time.sleep(0.2)
                os.kill(child, 15)
                body = str(os.waitpid(child, 0)[1])
                start_response('200 OK', [('Content-Type', 'text/plain')])
                return [body.encode()]
            if path == '/who':
                body = '%d %d %s %o %s %s' % (os.getuid(), os.getgid(), sorted(os.getgroups()), os.umask(0o777), os.getcwd(), sys.prefix)
            else:
                body = str(os.getpid())
            start_response('200 OK', [('Content-Type', 'text/plain'), ('Content-Length', str(len(body)))])
            return [body.encode()]
        """;
}
