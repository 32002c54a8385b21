using Roundtrip.Core;
using Roundtrip.Http.WebSocket;

namespace Roundtrip.Http.Tests.WebSocket;

/// <summary>RFC 6455 section 7: closing, from either side, by the book and otherwise; and how long anything is waited for.</summary>
public class CloseTests
{
    [Fact]
    public void Each_event_in_each_state_does_what_the_table_says()
    {
        string[] expected =
        [
            "Open: Close→CloseSent WriteClose, Wait; PeerClose→Ended WriteClose, Tell, End / Closed WriteClose, Tell, Wait; Failure→Ended WriteClose, Tell, End; TransportEnd→Ended Tell, End; Timeout→Ended Tell, Cut",
            "CloseSent: Close→CloseSent None; PeerClose→Ended Tell, End / Closed Tell, Wait; Failure→Ended Tell, End; TransportEnd→Ended Tell, End; Timeout→Ended Tell, Cut",
            "Closed: Close→Closed None; PeerClose→Closed None; Failure→Closed None; TransportEnd→Ended End; Timeout→Ended Cut",
            "Ended: Close→Ended None; PeerClose→Ended None; Failure→Ended None; TransportEnd→Ended None; Timeout→Ended None",
        ];
        string[] actual = [.. Enum.GetValues<CloseState>().Select(state =>
            $"{state}: " + string.Join("; ", Enum.GetValues<ClosingHandshake.Event>().Select(what =>
            {
                var (server, client) = (ClosingHandshake.Next(state, what, WebSocketRole.Server), ClosingHandshake.Next(state, what, WebSocketRole.Client));
                string one = $"{server.Next} {server.Actions}", other = $"{client.Next} {client.Actions}";
                return $"{what}→{one}{(one == other ? "" : $" / {other}")}";
            })))];

        Assert.Equal(expected, actual);
    }

    [Fact]
    public void The_peers_close_is_answered_and_nothing_behind_it_is_read()
    {
        WebSocketFeeds.Outcome outcome = WebSocketFeeds.EveryWay([.. Frame.Close(1000, "bye"), .. Frame.Text("late"), .. Frame.Ping()]);

        Assert.Equal(new WebSocketFeeds.Outcome("closed 1000 bye", "Close 1000", WebSocketEnding.WhenSent), outcome);
    }

    [Fact]
    public void A_close_without_a_code_is_answered_without_one()
    {
        WebSocketFeeds.Outcome outcome = WebSocketFeeds.EveryWay(Frame.Of(Http.WebSocket.Frames.Opcode.Close, []));

        Assert.Equal(("closed 1005", "Close"), (outcome.Events, outcome.Sent));
    }

    [Fact]
    public void After_our_close_the_peers_messages_still_come_until_its_own()
    {
        var socket = new TestSocket();
        socket.Connection.Close(0, 1001, "going"u8);
        socket.Feed(Frame.Text("under way"), Frame.Ping("p"));
        Assert.Equal(["Text under way", "Ping p"], socket.Events);
        Assert.Equal(WebSocketEnding.None, socket.Connection.Ending);
        Assert.False(socket.Connection.SendText("no"u8));
        Assert.False(socket.Connection.Ping());
        Assert.False(socket.Connection.Send(EncodedMessage.Text("no")));

        socket.Feed(Frame.Close(1001));
        Assert.Equal("closed 1001", socket.Events[^1]);
        Assert.Equal("Close 1001", socket.SentFrames);
        Assert.Equal(WebSocketEnding.WhenSent, socket.Connection.Ending);
    }

    [Fact]
    public void A_close_that_is_not_answered_in_time_cuts_the_connection()
    {
        var socket = new TestSocket(WebSocketLimits.Default with { CloseTimeout = 5000 });
        socket.Now = 1000;
        socket.Connection.Close(1000);
        _ = socket.Sent;
        Assert.Equal(6000, socket.Connection.NextDeadline);
        socket.Advance(4999);
        Assert.Empty(socket.Events);
        socket.Advance(1);

        Assert.Equal("closed 1006  WebSocketCloseTimeout 1006", Assert.Single(socket.Events));
        Assert.Equal(WebSocketEnding.Cut, socket.Connection.Ending);
        Assert.Equal(Deadline.None, socket.Connection.NextDeadline);
    }

    [Fact]
    public void A_close_behind_much_that_waits_is_timed_from_when_it_went_out()
    {
        var socket = new TestSocket(WebSocketLimits.Default with { CloseTimeout = 5000 });
        socket.Connection.SendBinary(new byte[1_000_000]);
        socket.Connection.Close(0);
        socket.Advance(5000);
        socket.Advance(5000);
        Assert.Empty(socket.Events);
        _ = socket.Sent;
        socket.Advance(5000);

        Assert.Equal("closed 1006  WebSocketCloseTimeout 1006", Assert.Single(socket.Events));
    }

    [Fact]
    public void A_client_waits_for_the_server_to_close_the_connection()
    {
        var client = new TestSocket(role: WebSocketRole.Client);
        client.Feed(Frame.Of(Http.WebSocket.Frames.Opcode.Close, Frame.ClosePayload(1000, []), mask: null));
        Assert.Equal(("closed 1000", WebSocketEnding.None), (Assert.Single(client.Events), client.Connection.Ending));
        client.End();
        Assert.Equal(WebSocketEnding.WhenSent, client.Connection.Ending);
        Assert.Single(client.Events);

        var impatient = new TestSocket(role: WebSocketRole.Client);
        impatient.Feed(Frame.Of(Http.WebSocket.Frames.Opcode.Close, Frame.ClosePayload(1000, []), mask: null));
        _ = impatient.Sent;
        impatient.Advance(WebSocketLimits.Default.CloseTimeout);
        Assert.Equal(WebSocketEnding.Cut, impatient.Connection.Ending);
    }

    [Fact]
    public void A_connection_that_ends_without_a_close_is_1006()
    {
        var socket = new TestSocket();
        socket.Feed(Frame.Text("a"), Frame.Text("half")[..4]);
        socket.End();

        Assert.Equal(["Text a", "closed 1006  WebSocketTruncated 1006"], socket.Events);
        Assert.Equal(WebSocketEnding.WhenSent, socket.Connection.Ending);
    }

    [Fact]
    public void A_silent_peer_is_asked_and_then_let_go()
    {
        var socket = new TestSocket(WebSocketLimits.Default with { PingInterval = 30_000, PingTimeout = 20_000 });
        Assert.Equal(30_000, socket.Connection.NextDeadline);
        socket.Advance(29_999);
        Assert.Equal("", socket.SentFrames);
        socket.Advance(1);
        Assert.Equal("Ping", socket.SentFrames);
        Assert.Equal(50_000, socket.Connection.NextDeadline);
        socket.Advance(20_000);

        Assert.Equal("closed 1006  WebSocketPongTimeout 1006", Assert.Single(socket.Events));
        Assert.Equal(WebSocketEnding.Cut, socket.Connection.Ending);
    }

    [Fact]
    public void Whatever_a_peer_sends_shows_that_it_lives()
    {
        var socket = new TestSocket(WebSocketLimits.Default with { PingInterval = 30_000, PingTimeout = 20_000 });
        socket.Advance(30_000);
        _ = socket.Sent;
        socket.Now += 10_000;
        socket.Feed(Frame.Text("a")[..2]);
        Assert.Equal(70_000, socket.Connection.NextDeadline);
        socket.Advance(30_000);
        _ = socket.Sent;
        socket.Now += 19_999;
        socket.Feed(Frame.Text("a")[2..], Frame.Pong());
        socket.Advance(1);

        Assert.Equal(["Text a", "Pong"], socket.Events);
    }

    [Fact]
    public void A_peer_that_takes_nothing_is_not_asked_since_the_question_would_not_arrive()
    {
        var socket = new TestSocket(WebSocketLimits.Default with { PingInterval = 30_000 });
        socket.Connection.SendText("waits"u8);
        socket.Advance(30_000);

        Assert.Equal("Text waits", socket.SentFrames);
        Assert.Empty(socket.Events);
    }

    [Fact]
    public void Without_an_interval_nobody_is_asked() => Assert.Equal(Deadline.None, new TestSocket(WebSocketLimits.Default with { PingInterval = 0 }).Connection.NextDeadline);

    [Theory]
    [InlineData(1005)]
    [InlineData(1006)]
    [InlineData(999)]
    [InlineData(5000)]
    public void A_code_that_may_not_be_sent_is_the_callers_fault(int code) => Assert.Throws<ArgumentOutOfRangeException>(() => new TestSocket().Connection.Close(0, code));
}
