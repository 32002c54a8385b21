using Roundtrip.Site.Tests.Support;

namespace Roundtrip.Site.Tests.Wsgi;

/// <summary>The same applications by PyPy: another interpreter, whose objects are closed later and whose sockets are its own.</summary>
public sealed class PyPyApplicationTests : ApplicationTests
{
    private readonly TempFolder _environment;

    public PyPyApplicationTests()
        : this(Environment())
    {
    }

    private PyPyApplicationTests(TempFolder environment)
        : base(environment["venv"])
    {
        _environment = environment;
    }

    [Fact]
    public async Task The_interpreter_is_PyPy() => Assert.Equal("pypy", await Get("python"));

    // What python3 -m venv makes.
    private static TempFolder Environment()
    {
        TempFolder folder = new TempFolder().With("venv/pyvenv.cfg", "home = /usr/bin\n");
        Directory.CreateDirectory(folder["venv/bin"]);
        File.CreateSymbolicLink(folder["venv/bin/python3"], "/usr/bin/pypy3");
        return folder;
    }

    protected override void Dispose(bool isDisposing)
    {
        base.Dispose(isDisposing);
        _environment.Dispose();
    }
}
