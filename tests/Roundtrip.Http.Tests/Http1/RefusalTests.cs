using Roundtrip.Core;
using Roundtrip.Http.Tests.Http2;
using Roundtrip.Http.Tests.Http2.Frames;

namespace Roundtrip.Http.Tests.Http1;

/// <summary>Each request that the engine itself refuses: reason, status, log line, nothing behind it answered.</summary>
public class RefusalTests
{
    private const string Smuggled = "GET /smuggled HTTP/1.1\r\nHost: b\r\n\r\n";

    public static TheoryData<EndReason, int, string> Vectors() => RefusalVectors.All();

    [Theory]
    [MemberData(nameof(Vectors))]
    public void It_is_refused_with_its_own_reason_and_status_and_nothing_behind_it_is_answered(EndReason reason, int status, string vector)
    {
        Feeds.Outcome outcome = Feeds.EveryWay(vector + Smuggled, limits: RefusalVectors.Limits);

        AssertRefused(outcome, reason, status);
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void So_it_is_when_it_comes_behind_a_good_request(EndReason reason, int status, string vector)
    {
        const string Good = "GET /good HTTP/1.1\r\nHost: a\r\n\r\n";

        Feeds.Outcome outcome = Feeds.Run([Good + vector + Smuggled], limits: RefusalVectors.Limits);

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", outcome.Sent, StringComparison.Ordinal);
        Assert.Contains("GET /good []", outcome.Sent, StringComparison.Ordinal);
        AssertRefused(outcome, reason, status);
    }

    [Fact]
    public void The_answer_names_the_reason_and_closes()
    {
        Feeds.Outcome outcome = Feeds.EveryWay("GET / HTTP/1.1\r\n\r\n");

        string sentence = EndReasons.Describe(EndReason.MissingHost) + "\n";
        Assert.Equal(
            "HTTP/1.1 400 Bad Request\r\nServer: Roundtrip\r\nDate: Mon, 23 Nov 2026 21:00:00 GMT\r\n"
            + $"Content-Type: text/plain; charset=us-ascii\r\nContent-Length: {sentence.Length}\r\nConnection: close\r\n\r\n{sentence}",
            outcome.Sent);
        Assert.Equal($"report MissingHost 400 Peer\nend GET 400 {sentence.Length} MissingHost", outcome.Events);
    }

    [Fact]
    public void A_refused_HEAD_gets_no_content()
    {
        Feeds.Outcome outcome = Feeds.EveryWay("HEAD / HTTP/1.1\r\n\r\n");

        Assert.EndsWith("Connection: close\r\n\r\n", outcome.Sent, StringComparison.Ordinal);
        Assert.EndsWith("end HEAD 400 0 MissingHost", outcome.Events, StringComparison.Ordinal);
    }

    /// <summary>Reasons that other rooms find, or that are no refusals; PersistenceTests, BodyTests, ResponseTests and DeadlineTests hold the engine's, Http2/ those of HTTP/2, WebSocket/ those of WebSocket.</summary>
    private static readonly HashSet<EndReason> NotRefusals =
    [
        EndReason.None, EndReason.Completed, EndReason.PeerClosed, EndReason.PeerReset, EndReason.ServerStopping, EndReason.Upgraded,
        EndReason.KeepAliveTimeout, EndReason.RequestHeadTimeout, EndReason.RequestHeadTooSlow, EndReason.RequestBodyTimeout,
        EndReason.RequestBodyTooSlow, EndReason.RequestBodyStalled, EndReason.ResponseStalled, EndReason.ResponseTooSlow, EndReason.HandshakeTimeout,
        EndReason.TooManyConnections, EndReason.TooManyConnectionsFromAddress,
        EndReason.TooManyRequestsOnConnection, EndReason.OutOfDescriptors, EndReason.AcceptFailed, EndReason.TooManyRequestWorkers, EndReason.TruncatedHead, EndReason.TruncatedBody,
        EndReason.HandlerFailed, EndReason.HandlerWroteTooMuch, EndReason.HandlerWroteTooLittle, EndReason.ResponseHeadTooLarge, EndReason.ResponseSourceChanged,
        EndReason.ResponseSourceFailed, EndReason.HandshakeFailed, EndReason.TlsFailed, EndReason.PlaintextOnTlsPort,
        EndReason.InvalidStatusLine, EndReason.UnexpectedSwitch, EndReason.UnexpectedContent, EndReason.TooManyInterimResponses, EndReason.Http11Required, EndReason.NotProcessed, EndReason.Cancelled, EndReason.ExchangeTimeout,
        EndReason.NameNotFound, EndReason.ConnectFailed, EndReason.ConnectTimeout, EndReason.ProtocolNotAgreed,
        .. ConnectionReasons.All,
        EndReason.HpackTruncated, EndReason.HpackIntegerTooLarge, EndReason.HpackIndexOutOfRange, EndReason.HpackInvalidPadding,
        EndReason.HpackEndOfString, EndReason.HpackTableTooLarge, EndReason.HpackSizeUpdateInsideBlock, EndReason.HpackSizeUpdateMissing,
        EndReason.HpackTableChurn, EndReason.UppercaseFieldName, EndReason.UnknownPseudoField, EndReason.DuplicatePseudoField,
        EndReason.PseudoFieldAfterField,
        .. WebSocket.WebSocketReasons.All,
        .. FrameReasons.All, EndReason.StreamDependsOnItself, EndReason.PriorityUpdateOfIdlePush, EndReason.TooManyPriorityUpdates,
    ];

    [Fact]
    public void Every_reason_to_refuse_a_request_has_a_vector()
    {
        HashSet<EndReason> covered = [.. RefusalVectors.All().Select(row => row.Data.Item1)];

        Assert.Equal(Enum.GetValues<EndReason>().Except(NotRefusals).Order(), covered.Order());
    }

    private static void AssertRefused(Feeds.Outcome outcome, EndReason reason, int status)
    {
        Assert.Contains($"report {reason} {status} Peer", outcome.Events, StringComparison.Ordinal);
        Assert.Matches($"end [^ ]* {status} [0-9]+ {reason}$", outcome.Events);
        Assert.Contains($"HTTP/1.1 {status} ", outcome.Sent, StringComparison.Ordinal);
        Assert.DoesNotContain("smuggled", outcome.Sent + outcome.Events, StringComparison.Ordinal);
        Assert.Equal(ConnectionClose.Linger, outcome.Closing);
        Assert.Equal(reason.ToString(), outcome.ClosingReason);
    }
}
