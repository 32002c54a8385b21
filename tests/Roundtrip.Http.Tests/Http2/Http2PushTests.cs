using Roundtrip.Core;
using Roundtrip.Http.Companions;
using Roundtrip.Http.Http2;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Tests.Http2;

/// <summary>RFC 9113 section 8.4: what a response names is promised before it and sent after it, once.</summary>
public class Http2PushTests
{
    private static readonly FieldBlock Page = FieldBlock.Create(("Link", "</a.css>; rel=preload; as=style, <b.js>; as=script; rel=\"x preload\""));

    [Fact]
    public void What_a_response_names_is_promised_before_it_and_answered_after_it()
    {
        Http2Peer peer = Http2Peer.Open(Answer);
        peer.Get(1, "/dir/page", ("accept-encoding", "br"), ("cookie", "secret"), ("if-none-match", "x"), ("range", "bytes=0-1"));

        Assert.Equal(
            [
                "PUSH_PROMISE 1 2 /a.css accept-encoding=br",
                "PUSH_PROMISE 1 4 /dir/b.js accept-encoding=br",
                "HEADERS 1 200 link=</a.css>; rel=preload; as=style, <b.js>; as=script; rel=\"x preload\" content-length=4",
                "DATA 1 end page",
                "HEADERS 2 200 content-length=6",
                "DATA 2 end /a.css",
                "HEADERS 4 200 content-length=9",
                "DATA 4 end /dir/b.js",
            ],
            peer.Answers());
        Assert.Contains("end GET 200 6 Completed", peer.Host.Events);
        peer.Host.End(EndReason.PeerClosed);
        Assert.Equal(0, peer.Host.Buffers.Outstanding);
    }

    [Fact]
    public void Nothing_is_pushed_twice_nor_what_the_client_asked_for_itself()
    {
        Http2Peer peer = Http2Peer.Open(Answer);
        peer.Get(1, "/a.css");
        peer.Get(3, "/dir/page");
        peer.Get(5, "/dir/page");

        Assert.Equal(["PUSH_PROMISE 3 2 /dir/b.js"], peer.Answers().Where(line => line.StartsWith("PUSH", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_client_that_said_no_gets_no_promise()
    {
        Http2Peer peer = Http2Peer.Open(Answer, null, new Setting(SettingsParameter.EnablePush, 0));
        peer.Get(1, "/dir/page");

        Assert.DoesNotContain(peer.Answers(), line => line.StartsWith("PUSH", StringComparison.Ordinal));
    }

    [Fact]
    public void No_more_is_promised_at_a_time_than_the_client_allows()
    {
        Http2Peer peer = Http2Peer.Open(Answer, null, new Setting(SettingsParameter.MaxConcurrentStreams, 1));
        peer.Get(1, "/dir/page");

        Assert.Equal(["PUSH_PROMISE 1 2 /a.css"], peer.Answers().Where(line => line.StartsWith("PUSH", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_promise_that_is_reset_before_it_is_answered_is_not_and_is_remembered()
    {
        Http2Peer peer = Http2Peer.Open(Answer, null, new Setting(SettingsParameter.InitialWindowSize, 0));
        peer.Host.IsReading = false;
        peer.Get(1, "/dir/page");
        peer.Reset(2);
        peer.Host.IsReading = true;
        peer.Host.Pump();
        peer.WindowUpdate(4, 100);
        peer.Get(3, "/dir/page");

        IReadOnlyList<string> answers = peer.Answers();
        Assert.DoesNotContain(answers, line => line.StartsWith("HEADERS 2", StringComparison.Ordinal));
        Assert.Contains("DATA 4 end /dir/b.js", answers);
        Assert.Equal(2, answers.Count(line => line.StartsWith("PUSH", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_client_that_resets_pushes_again_and_again_gets_no_more()
    {
        Http2Peer peer = Http2Peer.Open(
            (host, exchange) =>
            {
                if (!exchange.Request.Path.EndsWith(".css"u8))
                {
                    string path = TestHost.Latin1(exchange.Request.Path);
                    exchange.Respond(200, FieldBlock.Create(("Link", $"<{path}.css>; rel=preload")), 0);
                    exchange.Complete();
                }
                else
                {
                    Handlers.Hold(host, exchange);
                }
            });
        for (int i = 0; i < 6; i++)
        {
            peer.Get(1 + (2 * i), $"/page{i}");
            peer.Reset(2 + (2 * i));
        }

        Assert.Equal(3, peer.Answers().Count(line => line.StartsWith("PUSH", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Link", "</a>; rel=preload; nopush")]
    [InlineData("Link", "</a>; rel=stylesheet")]
    [InlineData("Link", "</a; rel=preload")]
    [InlineData("Link", "<https://other.example/a>; rel=preload")]
    [InlineData("Link", "<http://example.org/a>; rel=preload")]
    [InlineData("Link", "<//example.org/a>; rel=preload")]
    [InlineData("Link", "<../a>; rel=preload")]
    [InlineData("Link", "</../a>; rel=preload")]
    [InlineData("Link", "</a b>; rel=preload")]
    [InlineData("Link", "</a>; title=\", </b>; rel=preload\"")]
    [InlineData("X-Associated-Content", "\"https://other.example/a\"")]
    public void What_may_not_be_promised_is_not(string name, string value)
    {
        Http2Peer peer = Push(name, value);

        Assert.DoesNotContain(peer.Answers(), line => line.StartsWith("PUSH", StringComparison.Ordinal));
        Assert.Equal(ConnectionClose.None, peer.Engine.Closing);
    }

    [Theory]
    [InlineData("Link", "<https://EXAMPLE.org/a?x=1#f>; REL=PreLoad", "/a?x=1")]
    [InlineData("Link", "</x>; title=\"a, b\\\"; c\"; rel=preload", "/x")]
    [InlineData("X-Associated-Content", "\"https://example.org/a.css\":1", "/a.css")]
    [InlineData("X-Associated-Content", "\"/a.css\"", "/a.css")]
    public void What_is_ours_is_promised_however_it_is_written(string name, string value, string path)
    {
        Assert.Contains($"PUSH_PROMISE 1 2 {path}", Push(name, value).Answers());
    }

    [Theory]
    [InlineData("HEAD", 200)]
    [InlineData("GET", 404)]
    public void Only_a_good_GET_has_promises(string method, int status)
    {
        Http2Peer peer = Http2Peer.Open((_, exchange) =>
        {
            exchange.Respond(status, Page, 0);
            exchange.Complete();
        });
        peer.Request(1, true, Http2Peer.Pseudo(method, "/"));

        Assert.DoesNotContain(peer.Answers(), line => line.StartsWith("PUSH", StringComparison.Ordinal));
    }

    [Fact]
    public void The_diary_forgets_the_oldest()
    {
        var diary = new PushDiary(2);

        Assert.True(diary.TryAdd("/a"u8));
        Assert.False(diary.TryAdd("/a"u8));
        Assert.True(diary.TryAdd("/b"u8));
        Assert.True(diary.TryAdd("/c"u8));
        Assert.True(diary.TryAdd("/a"u8));
        Assert.False(diary.TryAdd("/c"u8));
    }

    [Fact]
    public void Companions_that_were_learnt_are_promised_as_what_the_fields_name_and_none_twice()
    {
        Http2Peer peer = Http2Peer.Open((host, exchange) =>
        {
            exchange.Companions = [new Companion("/a.css"u8.ToArray(), CompanionKind.Style, false), new Companion("/learnt.js"u8.ToArray(), CompanionKind.Script, false)];
            Answer(host, exchange);
        });
        peer.Get(1, "/dir/page");
        peer.Get(3, "/dir/page");

        Assert.Equal(
            ["PUSH_PROMISE 1 2 /a.css", "PUSH_PROMISE 1 4 /dir/b.js", "PUSH_PROMISE 1 6 /learnt.js"], peer.Answers().Where(line => line.StartsWith("PUSH", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_an_early_hint_names_is_promised_before_it_and_answered_while_the_page_is_made()
    {
        Exchange? page = null;
        Http2Peer peer = Http2Peer.Open((host, exchange) =>
        {
            if (!exchange.Request.Path.EndsWith("page"u8))
            {
                Answer(host, exchange);
                return;
            }

            page = exchange;
            Handlers.Hold(host, exchange);
            exchange.Inform(103, Page);
        });
        peer.Get(1, "/dir/page");

        Assert.Equal(
            ["PUSH_PROMISE 1 2 /a.css", "PUSH_PROMISE 1 4 /dir/b.js", "HEADERS 1 103", "HEADERS 2 200", "DATA 2 end", "HEADERS 4 200", "DATA 4 end"],
            peer.Answers().Select(line => string.Join(' ', line.Split(' ')[..(line[0] == 'P' ? 4 : 3)])));

        Answer(peer.Host, page!);
        peer.Host.Pump();
        Assert.Equal(["HEADERS 1", "DATA 1"], peer.Answers().Select(line => string.Join(' ', line.Split(' ')[..2])));
    }

    [Theory]
    [InlineData("after", false, "1 1 2 2")]
    [InlineData("after", true, "1 1 2 2")]
    [InlineData("before", false, "2 2 1 1")]
    [InlineData("before", true, "2 2 1 1")]
    [InlineData("interleaved", false, "1 2 1 2")]
    [InlineData("interleaved", true, "1 2 1 2")]
    public void A_push_goes_where_the_rule_of_its_type_says_by_either_kind_of_priorities(string placement, bool isTree, string order)
    {
        PushPlacement where = Enum.Parse<PushPlacement>(placement, ignoreCase: true);
        PushPriorities rules = PushPriorities.Default.With("text/css", new PushPriority(where, PushPriority.DefaultWeight(where)));

        Assert.Equal(order, OrderOf(rules, "</a.css>; rel=preload", "Text/CSS; charset=utf-8", isTree));
        Assert.Equal("1 1 2 2", OrderOf(rules, "</a.css>; rel=preload", "text/plain", isTree));
        Assert.Equal(order, OrderOf(PushPriorities.Default.With("*", new PushPriority(where, PushPriority.DefaultWeight(where))), "</a.css>; rel=preload", "text/plain", isTree));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_critical_goes_before_the_page_whatever_the_rule(bool isTree) =>
        Assert.Equal("2 2 1 1", OrderOf(PushPriorities.Default, "</a.css>; rel=preload; critical", "text/css", isTree));

    [Fact]
    public void What_is_critical_goes_before_a_page_of_one_frame_too()
    {
        Http2Peer peer = Http2Peer.Open((_, exchange) =>
        {
            bool isPage = exchange.Request.Path.Length == 1;
            exchange.Respond(200, isPage ? FieldBlock.Create(("Link", "</a.css>; rel=preload; critical")) : FieldBlock.Empty, 3);
            exchange.Write(isPage ? "top"u8 : "css"u8);
            exchange.Complete();
        });
        peer.Get(1);

        Assert.Equal(["DATA 2 end css", "DATA 1 end top"], peer.Answers().Where(line => line.StartsWith("DATA", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_interleaved_push_has_256ths_of_the_page_s_weight()
    {
        // A page of weight 16, a push of an eighth of that: of nine frames one.
        string order = OrderOf(PushPriorities.Default.With("*", new PushPriority(PushPlacement.Interleaved, 32)), "</a.css>; rel=preload", "text/css", isTree: true, length: 16 * 16_384);

        Assert.Equal(2, order[..(2 * 16)].Count(c => c == '2'));
    }

    // The streams of the DATA frames in their order: a page and what is pushed with it, of so many bytes each.
    private static string OrderOf(PushPriorities rules, string link, string type, bool isTree, int length = 20_000)
    {
        Http2Peer peer = Http2Peer.Open(
            (_, exchange) =>
            {
                bool isPage = exchange.Request.Path.Length == 1;
                exchange.Respond(200, isPage ? FieldBlock.Create(("Link", link)) : FieldBlock.Create(("Content-Type", type)), length);
                exchange.WriteShared(GC.AllocateArray<byte>(length, pinned: true), 0, length);
                exchange.Complete();
            },
            HttpLimits.Default with { Http2 = Http2Limits.Default with { PushPriorities = rules } },
            new Setting(SettingsParameter.InitialWindowSize, 1 << 20));
        peer.WindowUpdate(0, 1 << 20);
        if (isTree)
        {
            // RFC 7540 §6.3: depends on nothing, weight 16.
            peer.Raw(FrameType.Priority, FrameFlags.None, 1, 0, 0, 0, 0, 15);
        }

        peer.Get(1);
        return string.Join(' ', peer.Answers().Where(line => line.StartsWith("DATA", StringComparison.Ordinal)).Select(line => line.Split(' ')[1]));
    }

    private static Http2Peer Push(string name, string value)
    {
        Http2Peer peer = Http2Peer.Open((_, exchange) =>
        {
            exchange.Respond(200, exchange.IndexOnConnection == 0 ? FieldBlock.Create((name, value)) : FieldBlock.Empty, 0);
            exchange.Complete();
        });
        peer.Get(1);
        return peer;
    }

    private static void Answer(TestHost host, Exchange exchange)
    {
        byte[] path = exchange.Request.Path.ToArray();
        bool isPage = path.AsSpan().EndsWith("page"u8);
        byte[] content = isPage ? "page"u8.ToArray() : path;
        exchange.Respond(200, isPage ? Page : FieldBlock.Empty, content.Length);
        exchange.Write(content);
        exchange.Complete();
    }
}
