namespace Roundtrip.Site.Tests.Wsgi.Support;

/// <summary>An application for each thing that one may do by PEP 3333, or may not; the path says which. Below <c>/valid/</c> wsgiref.validate stands around it.</summary>
internal static class Pep3333Application
{
    public const string Text = """
        import hashlib, os, sys, time
        from wsgiref.validate import validator

        TEXT = [('Content-Type', 'text/plain')]
        closed = {}

        class Closing:
            def __init__(self, name, parts): self.name, self.parts = name, iter(parts)
            def __iter__(self): return self
            def __next__(self): return next(self.parts)
            def close(self): closed[self.name] = closed.get(self.name, 0) + 1

        def failing(parts):
            for part in parts:
                yield part
            raise KeyError('the application failed')

        def hello(e, sr): sr('200 OK', TEXT + [('Content-Length', '5')]); return [b'Hello']
        def generator(e, sr):
            sr('200 OK', TEXT)
            def parts():
                for i in range(5): yield b'%d,' % i
            return parts()
        def sized(e, sr):
            sr('200 OK', TEXT + [('Content-Length', '4')])
            return (part for part in [b'ab', b'', b'cd'])
        def lazy(e, sr):
            sr('200 OK', TEXT)
            yield b'la'
            yield b'zy'
        def write(e, sr):
            w = sr('200 OK', TEXT); w(b'one '); w(b'two '); return [b'three']
        def empty(e, sr): sr('200 OK', TEXT); return []
        def none(e, sr): sr('204 No Content', []); return []
        def unmodified(e, sr): sr('304 Not Modified', [('ETag', '"a"')]); return []
        def cookies(e, sr): sr('200 OK', TEXT + [('Set-Cookie', 'a=1'), ('Set-Cookie', 'b=2')]); return [b'']
        def reason(e, sr): sr('299 Quite Fine', TEXT); return [b'x']
        def short(e, sr): sr('200 OK', TEXT + [('Content-Length', '10')]); return [b'short']
        def shortlist(e, sr): sr('200 OK', TEXT + [('Content-Length', '10')]); return [b'sho', b'rt']
        def long(e, sr): sr('200 OK', TEXT + [('Content-Length', '4')]); return [b'long', b'er']
        def before(e, sr): raise KeyError('the application failed')
        def replaced(e, sr):
            sr('200 OK', TEXT)
            try: raise ValueError('x')
            except ValueError: sr('500 Sorry', TEXT, sys.exc_info()); return [b'sorry']
        def after(e, sr): sr('200 OK', TEXT); return failing([b'some', b'more'])
        def after_info(e, sr):
            w = sr('200 OK', TEXT); w(b'some')
            try: raise ValueError('too late')
            except ValueError: sr('500 Sorry', TEXT, sys.exc_info()); return [b'sorry']
        def closing(e, sr): sr('200 OK', TEXT); return Closing('ok', [b'a', b'b'])
        def closing_failed(e, sr): sr('200 OK', TEXT); return Closing('failed', failing([b'a']))
        def closing_long(e, sr):
            sr('200 OK', TEXT)
            return Closing('left', (b'x' * 65536 for _ in range(200)))
        def closes(e, sr): sr('200 OK', TEXT); return [str(closed.get(e['QUERY_STRING'], 0)).encode()]
        def hop(e, sr): sr('200 OK', [('Connection', 'close')]); return [b'']
        def split(e, sr): sr('200 OK', [('X', 'a\r\nY: b')]); return [b'']
        def control(e, sr): sr('200 OK', [('X', 'a\x01b')]); return [b'']
        def badname(e, sr): sr('200 OK', [('X Y', 'b')]); return [b'']
        def badlength(e, sr): sr('200 OK', [('Content-Length', '3'), ('Content-Length', '4')]); return [b'abcd']
        def text(e, sr): sr('200 OK', TEXT); return ['text']
        def uncalled(e, sr): return [b'x']
        def big(e, sr): sr('200 OK', TEXT + [('X-Big', 'b' * 70000)]); return [b'big']
        def hints(e, sr):
            e['wsgi.early_hints']([('Link', '</style.css>; rel=preload; as=style')])
            sr('200 OK', TEXT); return [b'hinted']
        def echo(e, sr):
            body = e['wsgi.input'].read()
            sr('200 OK', [('Content-Length', str(len(body)))]); return [body]
        def digest(e, sr):
            h, n = hashlib.sha256(), 0
            while True:
                part = e['wsgi.input'].read(50000)
                if not part: break
                h.update(part); n += len(part)
            sr('200 OK', TEXT); return [('%d %s' % (n, h.hexdigest())).encode()]
        def lines(e, sr):
            sr('200 OK', TEXT); return [repr(list(e['wsgi.input'])).encode()]
        def unread(e, sr): sr('200 OK', TEXT); return [b'unread']
        def late(e, sr):
            sr('200 OK', TEXT)
            class Late:
                def __iter__(self): return iter([b'late'])
                def close(self):
                    try: e['wsgi.input'].read()
                    except Exception as fault: closed['late'] = type(fault).__name__
            return Late()
        def broken(e, sr):
            try: e['wsgi.input'].read()
            except Exception as fault: closed['broken'] = type(fault).__name__; raise
        def file(e, sr):
            f = open(e['DOCUMENT_ROOT'] + '/data.bin', 'rb'); f.seek(int(e['QUERY_STRING'] or 0))
            sr('200 OK', TEXT); return e['wsgi.file_wrapper'](f)
        def file_length(e, sr):
            f = open(e['DOCUMENT_ROOT'] + '/data.bin', 'rb')
            sr('200 OK', TEXT + [('Content-Length', '1000')]); return e['wsgi.file_wrapper'](f)
        def pipe(e, sr):
            r, w = os.pipe(); os.write(w, b'from a pipe'); os.close(w)
            sr('200 OK', TEXT); return e['wsgi.file_wrapper'](os.fdopen(r, 'rb'))
        def fork(e, sr):
            if os.fork() == 0:
                sr('200 OK', TEXT); return [b'the child']
            time.sleep(0.1); sr('200 OK', TEXT); return [b'the parent']
        def environ(e, sr):
            sr('200 OK', TEXT); return ['\n'.join('%s=%s' % (k, e[k]) for k in sorted(e) if isinstance(e[k], str)).encode('latin-1')]
        def facts(e, sr):
            sr('200 OK', TEXT)
            return [repr([e['wsgi.multithread'], e['wsgi.multiprocess'], e['wsgi.run_once'], e['wsgi.version'], e['wsgi.url_scheme'], e['wsgi.input_terminated']]).encode()]
        def says(e, sr):
            print('printed'); e['wsgi.errors'].write('an error\n'); e['wsgi.errors'].flush(); sr('200 OK', TEXT); return [b'']
        def python(e, sr): sr('200 OK', TEXT); return [sys.implementation.name.encode()]
        def status(e, sr): sr(e['QUERY_STRING'] + ' Status', TEXT); return [b'content']
        def method(e, sr): sr('200 OK', TEXT); return [e['REQUEST_METHOD'].encode()]
        def megabyte(e, sr): sr('200 OK', TEXT); return (b'%07d\n' % i * 128 for i in range(1024))
        def whole(e, sr): sr('200 OK', TEXT); return [b'0123456789' * 250000]
        def uneven(e, sr): sr('200 OK', TEXT); return (b'%07d\n' % i * (i * 97 % 30000) for i in range(60))
        def relay(e, sr):
            sr('200 OK', TEXT)
            while True:
                part = e['wsgi.input'].read(50000)
                if not part: break
                yield part
        def exits(e, sr): sys.exit(3)
        def dies(e, sr): os._exit(4)
        def dies_late(e, sr): w = sr('200 OK', TEXT); w(b'some'); os._exit(4)
        def answers_and_dies(e, sr):
            w = sr('200 OK', TEXT + [('Content-Length', '4')]); w(b'last'); os._exit(4)
        def pid(e, sr): sr('200 OK', TEXT); return [b'%d' % os.getpid()]
        def hangs(e, sr): time.sleep(60)
        def nap(e, sr): time.sleep(0.3); sr('200 OK', TEXT); return [b'%d' % os.getpid()]

        def application(environ, start_response):
            path = environ['PATH_INFO'].split('/')
            function = globals()[path[-1]]
            return validator(function)(environ, start_response) if path[1] == 'valid' else function(environ, start_response)
        """;
}
