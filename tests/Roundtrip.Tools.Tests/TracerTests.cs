using System.Net;
using Roundtrip.Core;
using Roundtrip.Tools.Tracing;
using Roundtrip.Trace;
using Roundtrip.Trace.Probes;

namespace Roundtrip.Tools.Tests;

/// <summary>Traces to this machine itself, with whatever rights the tests have.</summary>
public class TracerTests
{
    [Theory]
    [InlineData("127.0.0.1", ProbeProtocol.Udp)]
    [InlineData("::1", ProbeProtocol.Udp)]
    [InlineData("127.0.0.1", ProbeProtocol.Tcp)]
    [InlineData("::1", ProbeProtocol.Tcp)]
    public async Task This_machine_is_one_hop_away(string target, ProbeProtocol protocol)
    {
        var address = PeerAddress.From(IPAddress.Parse(target), 0);
        var progress = new List<TraceProgress>();

        // TCP's port 1 is nobody's: RST is an answer too.
        await foreach (TraceProgress item in Tracer.Trace(new TraceRequest(address) { Protocol = protocol, Port = protocol == ProbeProtocol.Tcp ? (ushort)1 : null }))
        {
            progress.Add(item);
        }

        TraceResult result = progress[^1].Result!;
        Assert.Equal((TraceOutcome.Reached, 1), (result.Outcome, result.Hops.Count));
        Assert.Equal([address], result.Hops[0].Addresses);
        Assert.All(result.Hops[0].Probes.Where(probe => probe.Answer is not null), probe => Assert.InRange(probe.RoundTrip, 0, Span.Second));
        Assert.Single(progress, item => item.Kind == TraceEventKind.HopDone);
    }

    [Fact]
    public async Task A_trace_that_is_cancelled_tells_what_it_knows()
    {
        using var cancelled = new CancellationTokenSource();
        TraceResult? result = null;
        await cancelled.CancelAsync();
        await foreach (TraceProgress item in Tracer.Trace(new TraceRequest(PeerAddress.From(IPAddress.Loopback, 0)), cancelled.Token))
        {
            result = item.Result;
        }

        Assert.Equal(TraceOutcome.Running, result!.Outcome);
    }

    [Fact]
    public async Task A_source_that_is_not_this_machines_is_said()
    {
        var request = new TraceRequest(PeerAddress.From(IPAddress.Loopback, 0)) { Source = PeerAddress.From(IPAddress.Parse("192.0.2.1"), 0) };

        TraceException fault = await Assert.ThrowsAsync<TraceException>(() => Last(request));
        Assert.Contains("192.0.2.1", fault.Message, StringComparison.Ordinal);
        Assert.False(fault.IsRightMissing);
    }

    [Fact]
    public async Task An_interface_that_is_not_there_is_said()
    {
        var request = new TraceRequest(PeerAddress.From(IPAddress.Loopback, 0)) { Interface = "no-such-link" };

        TraceException fault = await Assert.ThrowsAsync<TraceException>(() => Last(request));
        Assert.Contains("no-such-link", fault.Message, StringComparison.Ordinal);
    }

    private static async Task Last(TraceRequest request)
    {
        await foreach (TraceProgress item in Tracer.Trace(request))
        {
            _ = item;
        }
    }
}
