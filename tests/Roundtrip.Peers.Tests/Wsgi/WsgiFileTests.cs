namespace Roundtrip.Peers.Tests.Wsgi;

/// <summary><c>roundtrip wsgi-file</c>: what it writes is a script that Python runs.</summary>
public class WsgiFileTests
{
    private const string Module = "def create():\n    return lambda environ, start_response: [b'made']\n";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_file_has_the_application_that_the_factory_makes(bool saysFolder)
    {
        using var folder = new TemporaryFolder();
        folder.Write("it's/site_a.py", Module);
        string written = saysFolder ? "app.wsgi" : "it's/app.wsgi";
        folder.Write(written, Roundtrip(["site_a:create", .. saysFolder ? new[] { "--folder", Path.Combine(folder.Path, "it's") } : []]).Output);
        Finished python = Run.Program("/usr/bin/python3", "-c", "import runpy, sys; print(runpy.run_path(sys.argv[1])['application'](None, None))", Path.Combine(folder.Path, written));

        Assert.Equal("[b'made']\n", python.Text);
    }

    [Theory]
    [InlineData("site_a")]
    [InlineData("site_a:")]
    [InlineData(":create")]
    [InlineData("site_a:create:more")]
    [InlineData("site_a;import os:create")]
    [InlineData("1site:create")]
    public void What_names_no_function_is_exit_2_and_writes_nothing(string spec)
    {
        Finished roundtrip = Roundtrip(spec);

        Assert.Equal((2, ""), (roundtrip.ExitCode, roundtrip.Text));
        Assert.Contains($"'{spec}'", roundtrip.Errors, StringComparison.Ordinal);
    }

    private static Finished Roundtrip(params string[] arguments) => Run.Program("dotnet", [Repository.BuiltProgram, "wsgi-file", .. arguments]);
}
