using System.Text;
using System.Text.RegularExpressions;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Http.Http1;
using Roundtrip.Http.Http2;
using Roundtrip.Http.Tests;

namespace Roundtrip.Fuzz;

/// <summary>
/// An HTTP/1 connection that gets the input whole, in two pieces, byte by byte, and so that content goes straight between network and handler as far as it can, for a handler that reads the content,
/// one that reads a piece of it, and one that answers at once. Each way the same requests must be found, the same answers given, every exchange that was begun ended once, and every buffer returned.
/// </summary>
public static partial class Http1Target
{
    // Byte by byte only so far, so that a long input does not slow the fuzzer down.
    private const int SingleBytes = 2048;

    private static readonly HttpLimits Limits = SmallLimits.Http with { AllowHttp09 = true };

    public static void Run(ReadOnlySpan<byte> input)
    {
        RunWith(input, Handlers.Echo, static outcome => outcome);

        RunWith(input, static (host, exchange) => new FirstPiece(host).Begin(exchange), WithoutClose);

        // What is sent of an answer that comes before the body has does not depend on the pieces either, but for its line that says close, and where the client waits for 100 (Continue).
        bool isComparable = !Encoding.Latin1.GetString(input).Contains("100-continue", StringComparison.OrdinalIgnoreCase);
        RunWith(input, Handlers.AnswerAtOnce, isComparable ? WithoutClose : static _ => "");
    }

    /// <summary>
    /// An outcome without the lines that say close. An answer that comes before its request's content has says it where the connection turns out to close while its head
    /// still waits: so whether it does depends on the pieces, and what must hold is that no answer follows one that says it.
    /// </summary>
    private static string WithoutClose(string outcome)
    {
        const string Close = "Connection: close\r\n";
        int said = outcome.IndexOf(Close, StringComparison.Ordinal);
        if (said >= 0 && StatusLine().IsMatch(outcome, said))
        {
            throw new InvalidOperationException($"An answer follows one that says close.\n{outcome}");
        }

        return outcome.Replace(Close, "", StringComparison.Ordinal);
    }

    [GeneratedRegex("HTTP/1\\.1 [1-5][0-9][0-9] ")]
    private static partial Regex StatusLine();

    private static void RunWith(ReadOnlySpan<byte> input, Action<TestHost, Exchange> handler, Func<string, string> comparable)
    {
        string whole = comparable(Outcome(input, input.Length, handler, isThrough: false));
        foreach (int piece in (ReadOnlySpan<int>)[Math.Max(input.Length / 2, 1), input.Length <= SingleBytes ? 1 : input.Length])
        {
            foreach (bool isThrough in (ReadOnlySpan<bool>)[false, true])
            {
                Compare(whole, comparable(Outcome(input, piece, handler, isThrough)));
            }
        }
    }

    // What goes through is what stands behind the first bytes of a content, and what the network takes up at once: more or less, by the input's length.
    private static string Outcome(ReadOnlySpan<byte> input, int piece, Action<TestHost, Exchange> handler, bool isThrough)
    {
        TestHost host = null!;
        host = new TestHost(exchange => handler(host, exchange))
        {
            Limits = Limits,
            ReadsThrough = isThrough,
            PieceSize = isThrough ? 1 + (input.Length % 40) : BufferPool.SegmentSize,
            SendsThrough = isThrough ? input.Length / 3 : 0,
        };
        host.Use(new Http1Connection(host, new Http1Resources(new Http2Resources())));
        while (!input.IsEmpty)
        {
            int count = Math.Min(piece, input.Length);
            host.Feed(input[..count]);
            input = input[count..];
        }

        host.FeedEnd();

        // Two things may depend on how the bytes come: whether a client that expects 100 (Continue) needs it, and whether more than was
        // asked for is here already when the connection closes, so that it lingers.
        bool isClosed = host.Engine.Closing is ConnectionClose.Close or ConnectionClose.Linger;
        string outcome = host.Sent.Replace("HTTP/1.1 100 Continue\r\n\r\n", "", StringComparison.Ordinal)
                         + string.Join('\n', host.Events) + isClosed + host.Engine.ClosingReason;
        host.End(EndReason.PeerClosed);
        Check(host);
        return outcome;
    }

    private static void Check(TestHost host)
    {
        int begun = 0;
        foreach (string what in host.Events)
        {
            begun += what.StartsWith("start ", StringComparison.Ordinal) ? 1 : 0;
            begun -= what.StartsWith("end ", StringComparison.Ordinal) && begun > 0 ? 1 : 0;
        }

        if (begun != 0)
        {
            throw new InvalidOperationException("An exchange did not end.");
        }

        if (host.Buffers.Outstanding != 0)
        {
            throw new InvalidOperationException("A buffer was not returned.");
        }
    }

    /// <summary>Reads one piece of the content, then answers.</summary>
    private sealed class FirstPiece(TestHost host) : IExchangeHandler
    {
        public string Name => "first piece";

        public void Begin(Exchange exchange)
        {
            exchange.Handler = this;
            OnBodyReadable(exchange);
        }

        public void OnBodyReadable(Exchange exchange)
        {
            Span<byte> piece = stackalloc byte[16];
            if (exchange.ReadBody(piece).Status is BodyReadStatus.Data or BodyReadStatus.End)
            {
                Handlers.AnswerAtOnce(host, exchange);
            }
        }

        public void OnWritable(Exchange exchange)
        {
        }

        public void OnAborted(Exchange exchange, EndReason reason) => host.Note($"aborted {reason}");
    }

    private static void Compare(string whole, string other)
    {
        if (whole != other)
        {
            throw new InvalidOperationException($"The same bytes in other pieces gave another outcome.\n--- whole\n{whole}\n--- pieces\n{other}");
        }
    }
}
