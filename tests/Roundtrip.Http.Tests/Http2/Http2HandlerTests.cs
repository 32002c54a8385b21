using Roundtrip.Core;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Tests.Http2;

/// <summary>Handlers that do anything from within any call that they get: the engine is called from within its own calls.</summary>
public class Http2HandlerTests
{
    private static readonly byte[] Content = GC.AllocateArray<byte>(100_000, pinned: true);

    public static TheoryData<string> Deeds() => ["respond", "write", "complete", "abort", "read", "answer"];

    [Theory]
    [MemberData(nameof(Deeds))]
    public void What_a_handler_does_when_it_is_told_of_its_end_goes_nowhere(string deed)
    {
        Http2Peer peer = Http2Peer.Open((host, exchange) => exchange.Handler = new Doer(host, onAborted: e => Do(e, deed)));
        peer.Post(1);
        peer.Data(1, "hello");
        peer.Reset(1);
        peer.Post(3);
        peer.Host.FeedEnd();

        Assert.DoesNotContain(peer.Answers(), line => !line.StartsWith("GOAWAY", StringComparison.Ordinal));
        Assert.Equal(2, peer.Host.Events.Count(line => line.StartsWith("aborted ", StringComparison.Ordinal)));
        Assert.Equal(2, peer.Host.Events.Count(line => line.StartsWith("end ", StringComparison.Ordinal)));
        EndsClean(peer);
    }

    [Theory]
    [MemberData(nameof(Deeds))]
    public void A_handler_may_do_anything_when_content_comes(string deed)
    {
        Http2Peer peer = Http2Peer.Open((host, exchange) =>
        {
            exchange.Handler = new Doer(host, onReadable: e => Do(e, deed));
            exchange.ReadBody(new byte[10]);
        });
        peer.Post(1);
        peer.Data(1, "hello");
        peer.Data(1, "and more", ends: true);
        peer.Get(3);

        Assert.Equal(ConnectionClose.None, peer.Engine.Closing);
        EndsClean(peer);
    }

    [Theory]
    [MemberData(nameof(Deeds))]
    public void A_handler_may_do_anything_when_there_is_room_again(string deed)
    {
        Http2Peer peer = Http2Peer.Open(
            (host, exchange) =>
            {
                exchange.Handler = new Doer(host, onWritable: e => Do(e, deed));
                exchange.Respond(200, FieldBlock.Empty);
                exchange.Write(Content);
            },
            null,
            new Setting(SettingsParameter.InitialWindowSize, 1000));
        peer.Get(1);
        peer.WindowUpdate(1, 60_000);
        peer.WindowUpdate(1, 100_000);
        peer.WindowUpdate(0, 100_000);
        peer.Get(3);

        Assert.Contains("writable", peer.Host.Events);
        Assert.Equal(ConnectionClose.None, peer.Engine.Closing);
        EndsClean(peer);
    }

    [Fact]
    public void A_handler_that_is_told_of_its_end_may_end_all_the_others()
    {
        var held = new List<Exchange>();
        Http2Peer peer = Http2Peer.Open((host, exchange) =>
        {
            exchange.Handler = new Doer(host, onAborted: _ => held.ForEach(e => e.Abort(EndReason.HandlerFailed)));
            held.Add(exchange);
        });
        for (int id = 1; id < 20; id += 2)
        {
            peer.Post(id);
        }

        peer.Raw(FrameType.Data, FrameFlags.None, 0);

        Assert.Equal(EndReason.FrameNeedsStream, peer.Engine.ClosingReason);
        Assert.Equal(10, peer.Host.Events.Count(line => line.StartsWith("end ", StringComparison.Ordinal)));
        EndsClean(peer);
    }

    [Fact]
    public void An_abort_after_the_response_has_begun_cuts_it()
    {
        Http2Peer peer = Http2Peer.Open((host, exchange) =>
        {
            exchange.Respond(200, FieldBlock.Empty, 10);
            exchange.Write("hello"u8);
            exchange.Abort(EndReason.HandlerFailed);
        });
        peer.Get(1);

        Assert.Equal(["HEADERS 1 200 content-length=10", "RST_STREAM 1 InternalError"], peer.Answers());
        Assert.Contains("end GET 200 0 HandlerFailed", peer.Host.Events);
    }

    [Fact]
    public void An_abort_after_both_ends_are_done_sends_nothing_more()
    {
        Http2Peer peer = Http2Peer.Open((host, exchange) =>
        {
            exchange.Respond(204, FieldBlock.Empty);
            exchange.Abort(EndReason.HandlerFailed);
        });
        peer.Get(1);

        Assert.Equal(["HEADERS 1 end 204"], peer.Answers());
        EndsClean(peer);
    }

    [Fact]
    public void A_reset_while_the_response_waits_lets_go_of_its_file()
    {
        var file = new MemoryFile(Content);
        Http2Peer peer = Http2Peer.Open(
            (host, exchange) =>
            {
                exchange.Respond(200, FieldBlock.Empty, file.Length);
                exchange.WriteFile(file, 0, file.Length);
                exchange.Complete();
                file.ReleaseReference();
            },
            null,
            new Setting(SettingsParameter.InitialWindowSize, 10));
        peer.Get(1);
        Assert.False(file.IsClosed);
        peer.Reset(1);

        Assert.True(file.IsClosed);
        Assert.Equal(0, peer.Engine.Waiting);
        Assert.Contains("end GET 200 10 StreamReset", peer.Host.Events);
    }

    [Fact]
    public void A_handlers_own_fields_are_not_those_of_the_answer_to_its_failure()
    {
        Http2Peer peer = Http2Peer.Open((host, exchange) =>
        {
            exchange.ResponseFields.Add("content-encoding"u8, "br"u8);
            exchange.Abort(EndReason.HandlerFailed);
        });
        peer.Get(1);

        Assert.DoesNotContain("content-encoding", peer.Answers()[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_handler_that_has_completed_is_not_asked_about_trailers()
    {
        Http2Peer peer = Http2Peer.Open(
            (host, exchange) =>
            {
                exchange.Respond(200, FieldBlock.Empty, 5);
                exchange.Write("hello"u8);
                exchange.Complete();
            },
            null,
            new Setting(SettingsParameter.InitialWindowSize, 0));
        peer.Post(1);
        peer.Request(1, true, ("x-checksum", "1"));
        peer.WindowUpdate(1, 5);

        Assert.Equal(["HEADERS 1 200 content-length=5", "DATA 1 end hello"], peer.Answers());
        EndsClean(peer);
    }

    private static void Do(Exchange exchange, string deed)
    {
        switch (deed)
        {
            case "respond" when !exchange.HasResponded:
                exchange.Respond(200, FieldBlock.Empty, 2);
                break;
            case "write" when exchange.HasResponded:
                exchange.Write(Content);
                break;
            case "complete" when exchange.HasResponded:
                exchange.Complete();
                break;
            case "abort":
                exchange.Abort(EndReason.HandlerFailed);
                break;
            case "read":
                exchange.ReadBody(new byte[3]);
                break;
            case "answer" when !exchange.HasResponded:
                exchange.Respond(200, FieldBlock.Empty, 2);
                exchange.Write("ok"u8);
                exchange.Complete();
                break;
        }
    }

    private static void EndsClean(Http2Peer peer)
    {
        peer.Host.End(EndReason.PeerReset);
        Assert.Equal(0, peer.Host.Buffers.Outstanding);
        Assert.Equal(0, peer.Engine.Waiting);
        Assert.Equal(
            peer.Host.Events.Count(line => line.StartsWith("start ", StringComparison.Ordinal)),
            peer.Host.Events.Count(line => line.StartsWith("end ", StringComparison.Ordinal)));
    }

    private sealed class Doer(TestHost host, Action<Exchange>? onReadable = null, Action<Exchange>? onWritable = null, Action<Exchange>? onAborted = null) : IExchangeHandler
    {
        public string Name => "doer";

        public void OnBodyReadable(Exchange exchange)
        {
            host.Note("readable");
            onReadable?.Invoke(exchange);
        }

        public void OnWritable(Exchange exchange)
        {
            host.Note("writable");
            onWritable?.Invoke(exchange);
        }

        public void OnAborted(Exchange exchange, EndReason reason)
        {
            host.Note($"aborted {reason}");
            onAborted?.Invoke(exchange);
        }
    }
}
