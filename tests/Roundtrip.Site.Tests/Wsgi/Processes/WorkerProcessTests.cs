using Roundtrip.Site.Tests.Support;
using Roundtrip.Site.Wsgi.Processes;

namespace Roundtrip.Site.Tests.Wsgi.Processes;

/// <summary>A real worker, brought up and ended.</summary>
public sealed class WorkerProcessTests : IDisposable
{
    private const string Application = "def application(environ, start_response):\n    start_response('200 OK', [])\n    return [b'']\n";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_worker_becomes_ready_and_ends_when_its_control_socket_does()
    {
        using var worker = new StartedWorker(Definition(Application));

        Assert.Equal(WorkerWord.Ready, worker.Until(WorkerWord.Ready));

        worker.Process.CloseControl();
        Assert.True(worker.UntilEnded().IsSuccess);
        Assert.Empty(worker.Lines);
    }

    [Fact]
    public void A_worker_of_another_python_becomes_ready()
    {
        _folder.With("venv/pyvenv.cfg", "home = /usr/bin\n");
        Directory.CreateDirectory(_folder["venv/bin"]);
        File.CreateSymbolicLink(_folder["venv/bin/python3"], "/usr/bin/pypy3");
        using var worker = new StartedWorker(Definition(Application) with { PythonHome = _folder["venv"] });

        Assert.True(worker.Until(WorkerWord.Ready) == WorkerWord.Ready, string.Join('\n', worker.Lines));
        Assert.Contains("pypy", new FileInfo($"/proc/{worker.Started!.Pid}/exe").LinkTarget, StringComparison.Ordinal);
        worker.Process.CloseControl();
        Assert.True(worker.UntilEnded().IsSuccess);
    }

    [Fact]
    public void An_interpreter_that_is_missing_is_named_with_what_to_do_about_it()
    {
        using var worker = new StartedWorker(Definition(Application) with { PythonHome = "/nonexistent/venv" });

        Assert.Contains("/nonexistent/venv/bin/python3", worker.Refusal, StringComparison.Ordinal);
        Assert.Contains("python3 -m venv /nonexistent/venv", worker.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_loaded_is_said_before_the_worker_ends()
    {
        using var worker = new StartedWorker(Definition("import no_such_module\n"));

        Assert.Equal(WorkerWord.Gone, worker.Until(WorkerWord.Ready));
        Assert.Equal(1, worker.UntilEnded().Code);
        Assert.Contains((0L, "ModuleNotFoundError: No module named 'no_such_module'"), worker.Lines);
        Assert.Contains("ModuleNotFoundError: No module named 'no_such_module'", worker.Process.Errors.Last);
    }

    [Theory]
    [InlineData("b'Z' + bytes(15)")]
    [InlineData("b'Q' + bytes(15)")]
    [InlineData("b'M' + bytes(3) + (5000).to_bytes(4, 'little') + bytes(5008)")]
    [InlineData("b'Y' + bytes(3) + b'\\xff\\xff\\xff\\xff' + bytes(8)")]
    [InlineData("b'HTTP/1.1 200 OK\\r\\n\\r\\n'")]
    public void What_is_no_word_of_a_worker_on_its_control_socket_is_its_end(string said)
    {
        using var worker = new StartedWorker(Definition($"import os, time\nos.write(3, {said})\ntime.sleep(60)\n"));

        Assert.Equal(WorkerWord.Gone, worker.Until(WorkerWord.Ready));
    }

    [Fact]
    public void Lines_are_bounded_and_those_without_an_end_are_lines_too()
    {
        using var worker = new StartedWorker(Definition($"import os\nos.write(2, b'x' * {WorkerErrors.LongestLine + 10} + b'\\ny')\nos._exit(0)\n"));
        worker.UntilEnded();

        Assert.Equal([WorkerErrors.LongestLine, 10, 1], worker.Lines.Select(line => line.Text.Length));
    }

    [Theory]
    [InlineData("\\x0112\\x01text", 12, "text")]
    [InlineData("\\x0112\\x01", 12, "")]
    [InlineData("\\x01\\x01text", 0, "\u0001\u0001text")]
    [InlineData("\\x01twelve\\x01text", 0, "\u0001twelve\u0001text")]
    [InlineData("\\x0112", 0, "\u000112")]
    [InlineData("\\x0199999999999999999999\\x01text", 0, "\u000199999999999999999999\u0001text")]
    [InlineData("", 0, "")]
    public void A_line_is_that_of_the_request_that_its_mark_names(string line, long request, string text)
    {
        using var worker = new StartedWorker(Definition($"import os\nos.write(2, b'{line}\\n')\nos._exit(0)\n"));
        worker.UntilEnded();

        Assert.Equal([(request, text)], worker.Lines);
    }

    [Fact]
    public void The_worker_keeps_to_the_grammar_of_Python_3_8()
    {
        using Stream source = typeof(WorkerProgram).Assembly.GetManifestResourceStream("worker.py")!;
        using var text = new StreamReader(source);
        string worker = text.ReadToEnd();

        Assert.True(IsOfPython38(worker));

        // Of 3.10 and 3.11: what is asked can say no.
        Assert.False(IsOfPython38(worker + "\nmatch PID:\n    case 1:\n        pass\n"));
        Assert.False(IsOfPython38(worker + "\ntry:\n    pass\nexcept* ValueError:\n    pass\n"));
    }

    private bool IsOfPython38(string source)
    {
        _folder.With("worker.py", source);
        var start = new System.Diagnostics.ProcessStartInfo("/usr/bin/python3", ["-c", "import ast, sys; ast.parse(open(sys.argv[1]).read(), feature_version=(3, 8))", _folder["worker.py"]]) { RedirectStandardError = true };
        using var process = System.Diagnostics.Process.Start(start)!;
        string said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0 || said.Contains("SyntaxError", StringComparison.Ordinal), said);
        return process.ExitCode == 0;
    }

    private WorkerGroupDefinition Definition(string script)
    {
        string file = _folder.With("app.wsgi", script)["app.wsgi"];
        return new WorkerGroupDefinition("test", "") { Threads = 2, Scripts = [file], Preload = [new ScriptCallable(file, "application")] };
    }
}
