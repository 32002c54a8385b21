using System.IO.Pipes;
using System.Text;
using Roundtrip.Server.Logs;
using Roundtrip.Transport.Files;

namespace Roundtrip.Server.Tests.Logs;

public class ErrorLogWriterTests
{
    [Fact]
    public void A_log_that_was_moved_away_goes_on_in_a_new_file_and_loses_and_splits_nothing()
    {
        string folder = Directory.CreateTempSubdirectory("roundtrip-log-").FullName;
        string path = Path.Combine(folder, "log");
        using var logs = new ErrorLogs(AppendFile.Open);
        ErrorLog log = logs.Find(path, new ErrorLogOptions { Format = ErrorLogFormat.Parse("%M") });
        const int Lines = 20;
        for (int i = 0; i < Lines; i++)
        {
            log.Write(LogLevel.Error, "core", null, $"line {i}");
            if (i % 5 == 4)
            {
                Assert.True(SpinWait.SpinUntil(() => File.Exists(path) && File.ReadAllText(path).EndsWith($"line {i}\n", StringComparison.Ordinal), TimeSpan.FromSeconds(20)));
                File.Move(path, $"{path}.{i:00}");
                logs.Reopen();
                Assert.True(SpinWait.SpinUntil(() => File.Exists(path), TimeSpan.FromSeconds(20)));
            }
        }

        logs.Dispose();
        string all = string.Concat(Directory.GetFiles(folder).Where(file => file != path).Order(StringComparer.Ordinal).Select(File.ReadAllText));
        Directory.Delete(folder, recursive: true);
        Assert.Equal(string.Concat(Enumerable.Range(0, Lines).Select(i => $"line {i}\n")), all);
    }

    [Fact]
    public void A_log_that_cannot_be_reopened_goes_on_and_says_so()
    {
        string folder = Directory.CreateTempSubdirectory("roundtrip-log-").FullName;
        string inner = Path.Combine(folder, "inner");
        Directory.CreateDirectory(inner);
        using (var logs = new ErrorLogs(AppendFile.Open))
        {
            ErrorLog log = logs.Find(Path.Combine(inner, "log"), new ErrorLogOptions { Format = ErrorLogFormat.Parse("%M") });
            Directory.Move(inner, inner + "2");
            logs.Reopen();
            log.Write(LogLevel.Error, "core", null, "after");
        }

        string text = File.ReadAllText(Path.Combine(inner + "2", "log"));
        Directory.Delete(folder, recursive: true);
        Assert.Matches("^\\[core:error\\] this log was not reopened: cannot write to .*No such file or directory\nafter\n$", text);
    }

    [Fact]
    public void A_full_disk_and_a_dead_pipe_cost_lines_and_nothing_else()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        pipe.ClientSafePipeHandle.Dispose();
        foreach (AppendFile target in (AppendFile[])[AppendFile.Open("/dev/full"), AppendFile.Over((int)pipe.SafePipeHandle.DangerousGetHandle())])
        {
            using var writer = new ErrorLogWriter(target);
            using var log = new ErrorLog(writer, new ErrorLogOptions());
            log.Write(LogLevel.Error, "core", null, "lost");
        }
    }

    [Fact]
    public void Lost_lines_are_counted_in_the_first_that_can_be_written()
    {
        var target = new FailingTarget { Failures = 2 };
        using (var writer = new ErrorLogWriter(target))
        using (var log = new ErrorLog(writer, new ErrorLogOptions { Format = ErrorLogFormat.Parse("%M") }))
        {
            log.Write(LogLevel.Error, "core", null, "first");
            log.Write(LogLevel.Error, "core", null, "second");
        }

        // Of the first half was written; the second failed to say how many are lost, and could then.
        Assert.Equal("fir\nsecond\n[core:warn] 1 lines of this log were dropped: it could not be written fast enough\n", target.Text);
    }

    [Fact]
    public void A_message_below_its_level_is_not_put_together()
    {
        using var destination = new MemoryStream();
        var writer = new ErrorLogWriter(new StreamTarget(destination));
        using var log = new ErrorLog(writer, new ErrorLogOptions { Format = ErrorLogFormat.Parse("%M") });
        var counted = new Counted();
        using (var server = new InMemoryServer(exchange =>
        {
            log.Write(LogLevel.Info, "core", exchange.Connection, exchange, $"not {counted}");
            log.Write(LogLevel.Warn, "core", exchange.Connection, exchange, $"made {counted}");
            exchange.Respond(204, Http.FieldBlock.Empty, 0);
            exchange.Complete();
        }))
        {
            server.Connect().Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        }

        writer.Dispose();
        Assert.Equal("made 1\n", Encoding.UTF8.GetString(destination.ToArray()));
        Assert.Equal(1, counted.Count);
    }

    private sealed class Counted
    {
        public int Count { get; private set; }

        public override string ToString() => $"{++Count}";
    }

    private sealed class FailingTarget : ILogTarget
    {
        private readonly StringBuilder _text = new();

        public int Failures { get; set; }

        public string Text => _text.ToString();

        public int Write(ReadOnlySpan<byte> bytes, out string? error)
        {
            bool fails = Failures-- > 0;
            int written = fails ? (Failures == 1 ? 3 : 0) : bytes.Length;
            _text.Append(Encoding.UTF8.GetString(bytes[..written]));
            error = fails ? "full" : null;
            return written;
        }

        public string? Reopen() => null;

        public void Dispose()
        {
        }
    }
}
