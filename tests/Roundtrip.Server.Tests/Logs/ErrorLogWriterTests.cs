using System.IO.Pipes;
using System.Text;
using Roundtrip.Server.Logs;
using Roundtrip.Transport.Files;

namespace Roundtrip.Server.Tests.Logs;

public class ErrorLogWriterTests
{
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

        public void Dispose()
        {
        }
    }
}
