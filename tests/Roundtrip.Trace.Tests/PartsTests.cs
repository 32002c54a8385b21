using System.Globalization;
using Roundtrip.Core;
using Roundtrip.Packets;
using Roundtrip.Trace.Probes;
using Roundtrip.Trace.Tests.Simulation;

namespace Roundtrip.Trace.Tests;

/// <summary>The engine's parts, each by itself.</summary>
public class PartsTests
{
    [Fact]
    public void Statistics_are_those_of_the_round_trips()
    {
        var statistics = new Statistics();
        foreach (long roundTrip in (long[])[20, 40, 10, 50])
        {
            statistics.Note(roundTrip);
        }

        statistics.NoteLost();

        Assert.Equal((5, 4, 1, 0.2), (statistics.Sent, statistics.Received, statistics.Lost, statistics.LossRate));
        Assert.Equal((50L, 10L, 50L, 30.0), (statistics.Last, statistics.Best, statistics.Worst, statistics.Average));
        Assert.Equal(Math.Sqrt(250), statistics.Deviation, 9);
        Assert.Equal((20 + 30 + 40) / 3.0, statistics.Jitter, 9);
    }

    [Theory]
    [InlineData("A B A B A B", "1 2")]
    [InlineData("X A B A B A B", "2 2")]
    [InlineData("A B C A B C A B C", "1 3")]
    [InlineData("A * B A * B A * B", "1 3")]
    [InlineData("A B A * A B", "1 2")]
    [InlineData("A B A B", null)]
    [InlineData("A B A B * *", null)]
    [InlineData("A A A A A A", null)]
    [InlineData("* * * * * *", null)]
    [InlineData("A * A * A *", null)]
    [InlineData("A B A C A B", null)]
    public void A_circle_is_what_comes_three_times_and_has_two_addresses(string hops, string? circle)
    {
        RoutingLoop? loop = RoutingLoop.Find([.. hops.Split(' ').Select(hop => hop == "*" ? (PeerAddress?)null : SimulatedTrace.Address($"10.0.0.{(int)hop[0]}"))], 1);

        Assert.Equal(circle, loop is { } found ? string.Create(CultureInfo.InvariantCulture, $"{found.First} {found.Length}") : null);
    }

    [Fact]
    public void A_bucket_gives_five_at_once_and_then_one_a_second()
    {
        var sent = new List<long>();
        for (int i = 0; i < 8; i++)
        {
            sent.Add(Math.Max(0, Pacing.NextTo(sent)));
        }

        Assert.Equal([0, 0, 0, 0, 0, 1, 2, 3], sent.Select(at => at / Span.Second));
        Assert.True(Pacing.NextTo([0, 0, 0, 0, 0, 10 * Span.Second]) <= 10 * Span.Second);
    }

    [Fact]
    public void The_wait_follows_the_longest_round_trip_within_its_bounds()
    {
        var waiting = new Waiting(5 * Span.Second);
        Assert.Equal((Span.Second, Span.Second), (waiting.Known, waiting.Beyond));
        waiting.Note(10 * Span.Millisecond);
        Assert.Equal((200 * Span.Millisecond, Span.Second), (waiting.Known, waiting.Beyond));
        waiting.Note(Span.Second);
        Assert.Equal((2050 * Span.Millisecond, 2050 * Span.Millisecond), (waiting.Known, waiting.Beyond));
        waiting.Note(9 * Span.Second);
        Assert.Equal((5 * Span.Second, 5 * Span.Second), (waiting.Known, waiting.Beyond));
    }

    [Theory]
    [InlineData(60, 20, 60, 0, true)]
    [InlineData(60, 20, 60, 19, false)]
    [InlineData(60, 1, 60, 0, false)]
    [InlineData(60, 60, 60, 0, false)]
    [InlineData(3, 1, 3, 0, false)]
    [InlineData(60, 20, 0, 0, false)]
    public void A_hop_withholds_answers_where_it_lacks_more_than_is_lost_behind_it(int sent, int lost, int sentBeyond, int lostBeyond, bool withholds) =>
        Assert.Equal(withholds, Loss.IsWithheld((sent, lost), (sentBeyond, lostBeyond)));

    [Fact]
    public void No_hops_real_loss_is_more_than_that_of_a_hop_behind_it() =>
        Assert.Equal([0, 0.1, 0.1, 0.1], Loss.OnTheWay([0, 1, 0.5, 0.1]));

    [Theory]
    [InlineData(IcmpType.DestinationUnreachable, 3, AnswerKind.Reached)]
    [InlineData(IcmpType.DestinationUnreachable, 4, AnswerKind.TooBig)]
    [InlineData(IcmpType.DestinationUnreachable, 15, AnswerKind.PrecedenceCutoff)]
    [InlineData(IcmpType.TimeExceeded, 1, AnswerKind.None)]
    [InlineData(IcmpType.EchoRequest, 0, AnswerKind.None)]
    public void ICMP_codes_say_what_RFC_1812_gives_them(byte type, byte code, AnswerKind kind) => Assert.Equal(kind, AnswerKinds.OfError(false, type, code));

    [Theory]
    [InlineData(IcmpV6Type.DestinationUnreachable, 4, AnswerKind.Reached)]
    [InlineData(IcmpV6Type.DestinationUnreachable, 1, AnswerKind.Prohibited)]
    [InlineData(IcmpV6Type.PacketTooBig, 0, AnswerKind.TooBig)]
    [InlineData(IcmpV6Type.ParameterProblem, 0, AnswerKind.None)]
    [InlineData(IcmpV6Type.EchoRequest, 0, AnswerKind.None)]
    public void ICMPv6_codes_say_what_RFC_4443_gives_them(byte type, byte code, AnswerKind kind) => Assert.Equal(kind, AnswerKinds.OfError(true, type, code));

    [Fact]
    public void A_packet_that_is_too_big_is_marked_with_the_next_links_MTU() => Assert.Equal("!F-1400", AnswerKinds.Mark(AnswerKind.TooBig, 4, 1400));
}
