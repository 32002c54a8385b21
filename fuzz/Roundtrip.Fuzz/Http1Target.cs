using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Http.Http1;
using Roundtrip.Http.Http2;
using Roundtrip.Http.Tests;

namespace Roundtrip.Fuzz;

/// <summary>
/// An HTTP/1 connection that gets the input whole, in two pieces, and byte by byte. Each way the same requests must be found, the same
/// answers given, every exchange that was begun ended once, and every buffer returned.
/// </summary>
public static class Http1Target
{
    // Byte by byte only so far, so that a long input does not slow the fuzzer down.
    private const int SingleBytes = 2048;

    private static readonly HttpLimits Limits = new()
    {
        AllowHttp09 = true,
        RequestLine = 300,
        RequestFieldSize = 300,
        RequestFields = 20,
        RequestHead = 2000,
        RequestBody = 10_000,
    };

    public static void Run(ReadOnlySpan<byte> input)
    {
        string whole = Outcome(input, input.Length);
        Compare(whole, Outcome(input, Math.Max(input.Length / 2, 1)));
        if (input.Length <= SingleBytes)
        {
            Compare(whole, Outcome(input, 1));
        }
    }

    private static string Outcome(ReadOnlySpan<byte> input, int piece)
    {
        TestHost host = null!;
        host = new TestHost(exchange => Handlers.Echo(host, exchange)) { Limits = Limits };
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

    private static void Compare(string whole, string other)
    {
        if (whole != other)
        {
            throw new InvalidOperationException($"The same bytes in other pieces gave another outcome.\n--- whole\n{whole}\n--- pieces\n{other}");
        }
    }
}
