using System.Text;
using Roundtrip.Http.Http1;
using Roundtrip.Http.Http2;

namespace Roundtrip.Http.Tests;

/// <summary>One vector, every way in which it can come: whole, byte by byte, and in two pieces split at every index.</summary>
public static class Feeds
{
    /// <summary>What came of a connection.</summary>
    public sealed record Outcome(string Sent, string Events, ConnectionClose Closing, string ClosingReason);

    /// <summary>Feeds the vector each way and asserts that what comes of it is the same.</summary>
    /// <param name="before">What has come, and was answered, before it.</param>
    public static Outcome EveryWay(
        string vector, Action<TestHost, Exchange>? starter = null, HttpLimits? limits = null, bool isSecure = false, bool ends = false, string before = "")
    {
        Outcome whole = Run([before, vector], starter, limits, isSecure, ends);
        string[] single = [before, .. vector.Select(c => c.ToString())];
        AssertSame(whole, Run(single, starter, limits, isSecure, ends), "byte by byte", vector);

        // A long vector is split at every seventh index: seven and the lengths of lines have little in common.
        int step = vector.Length > 2000 ? 7 : 1;
        for (int i = 1; i < vector.Length; i += step)
        {
            AssertSame(whole, Run([before, vector[..i], vector[i..]], starter, limits, isSecure, ends), $"split at {i}", vector);
        }

        return whole;
    }

    public static Outcome Run(
        string[] pieces, Action<TestHost, Exchange>? starter = null, HttpLimits? limits = null, bool isSecure = false, bool ends = false)
    {
        TestHost host = null!;
        starter ??= Handlers.Echo;
        host = new TestHost(exchange => starter(host, exchange)) { IsSecure = isSecure, Limits = limits ?? HttpLimits.Default };
        host.Use(new Http1Connection(host, new Http1Resources(new Http2Resources())));
        foreach (string piece in pieces.Where(piece => piece.Length > 0))
        {
            host.Feed(piece);
        }

        if (ends)
        {
            host.FeedEnd();
        }

        var outcome = new Outcome(
            host.Sent, string.Join('\n', host.Events), host.Engine.Closing, host.Engine.ClosingReason.ToString());
        host.End(Core.EndReason.PeerClosed);
        Assert.Equal(0, host.Buffers.Outstanding);
        return outcome;
    }

    private static void AssertSame(Outcome whole, Outcome other, string how, string vector)
    {
        if (whole != other)
        {
            Assert.Fail($"{how} differs from whole.\nwhole: {whole}\nother: {other}\nvector: {Printable(vector)}");
        }
    }

    private static string Printable(string text)
    {
        var builder = new StringBuilder();
        foreach (char c in text)
        {
            builder.Append(c is >= ' ' and <= '~' ? c.ToString() : $"\\x{(int)c:x2}");
        }

        return builder.ToString();
    }
}
