using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Tests.Http2;

/// <summary>Each frame in each state of a stream, as a client sees it: what is sent back, or nothing.</summary>
public class StateFrameTests
{
    private static readonly string[] States =
        ["idle", "idle of ours", "reserved local", "open", "half-closed local", "half-closed remote", "closed by both ends", "closed by its reset", "closed by our reset"];

    // RFC 9113 §5.1, §6: a row for each frame of FrameTable, a column for each state above. "-" is nothing, "x" the end of the exchange without a word, "ok" an answer; "P" and "S" are GOAWAY with PROTOCOL_ERROR and
    // STREAM_CLOSED, "p" and "s" RST_STREAM with them.
    private static readonly string[] Expected =
    [
        //                     idle ours reserved open hcLocal hcRemote ended theirReset ourReset
        /* DATA            */ "P    P    P        -    -       s        S     S          -",
        /* DATA end        */ "P    P    P        -    -       s        S     S          -",
        /* HEADERS         */ "-    P    P        p    p       s        S     S          -",
        /* HEADERS end     */ "ok   P    P        -    -       s        S     S          -",
        /* PRIORITY        */ "-    -    -        -    -       -        -     -          -",
        /* RST_STREAM      */ "P    P    x        x    -       x        -     -          -",
        /* PUSH_PROMISE    */ "P    P    P        P    P       P        P     P          P",
        /* WINDOW_UPDATE   */ "P    P    -        -    -       -        -     -          -",
        /* CONTINUATION    */ "P    P    P        P    P       P        P     P          P",
        /* unknown         */ "-    -    -        -    -       -        -     -          -",
        /* SETTINGS        */ "P    P    P        P    P       P        P     P          P",
        /* PING            */ "P    P    P        P    P       P        P     P          P",
        /* GOAWAY          */ "P    P    P        P    P       P        P     P          P",
        /* PRIORITY_UPDATE */ "P    P    P        P    P       P        P     P          P",
    ];

    public static TheoryData<string, string, string> Cells() => FrameTable.Cells(States, Expected);

    [Theory]
    [MemberData(nameof(Cells))]
    public void Each_frame_in_each_state_is_answered_as_the_RFC_says(string frame, string state, string expected)
    {
        Http2Peer peer = Http2Peer.Open(Start);
        int stream = Enter(peer, state);
        _ = peer.Answers();
        int before = peer.Host.Events.Count;
        Send(peer, frame, stream);
        string[] answers = [.. peer.Answers()];
        string[] ended = [.. peer.Host.Events.Skip(before).Where(line => line.StartsWith("aborted", StringComparison.Ordinal))];

        Assert.Equal(expected, Outcome(answers, ended));
        if (expected is not ("P" or "S"))
        {
            // An error of one stream is none of the others'; and the table of fields is in step.
            peer.Get(101);
            Assert.Equal(["HEADERS 101 200 content-length=2", "DATA 101 end ok"], peer.Answers());
        }
    }

    private static string Outcome(string[] answers, string[] ended)
    {
        string all = string.Join(" | ", answers.Concat(ended));
        return answers switch
        {
            [] when ended.Length == 0 => "-",
            [] => "x",
            [var one] when one.StartsWith("GOAWAY ", StringComparison.Ordinal) && one.EndsWith(" ProtocolError", StringComparison.Ordinal) => "P",
            [var one] when one.StartsWith("GOAWAY ", StringComparison.Ordinal) && one.EndsWith(" StreamClosed", StringComparison.Ordinal) => "S",
            [var one] when one.StartsWith("RST_STREAM ", StringComparison.Ordinal) && one.EndsWith(" ProtocolError", StringComparison.Ordinal) => "p",
            [var one] when one.StartsWith("RST_STREAM ", StringComparison.Ordinal) && one.EndsWith(" StreamClosed", StringComparison.Ordinal) => "s",
            [var one, var two] when one.StartsWith("HEADERS ", StringComparison.Ordinal) && two.StartsWith("DATA ", StringComparison.Ordinal) => "ok",
            _ => all,
        };
    }

    // /held is never answered, /page names what is pushed and never answered, anything else is answered at once.
    private static void Start(TestHost host, Exchange exchange)
    {
        string path = TestHost.Latin1(exchange.Request.Path);
        if (path == "/page")
        {
            exchange.Respond(200, FieldBlock.Create(("Link", "</held>; rel=preload")), 2);
            exchange.Write("ok"u8);
            exchange.Complete();
        }
        else if (path == "/held")
        {
            Handlers.Hold(host, exchange);
        }
        else
        {
            Handlers.AnswerAtOnce(host, exchange);
        }
    }

    /// <returns>The stream that is in the state now.</returns>
    private static int Enter(Http2Peer peer, string state)
    {
        switch (state)
        {
            case "idle":
                return 1;
            case "idle of ours":
                return 2;
            case "reserved local":
                peer.Get(1, "/page");
                return 2;
            case "open":
                peer.Post(1, "/held");
                return 1;
            case "half-closed local":
                peer.Post(1);
                return 1;
            case "half-closed remote":
                peer.Get(1, "/held");
                return 1;
            case "closed by both ends":
                peer.Get(1);
                return 1;
            case "closed by its reset":
                peer.Get(1, "/held");
                peer.Reset(1);
                return 1;
            default:
                peer.Request(1, true, (":method", "GET"));
                return 1;
        }
    }

    private static void Send(Http2Peer peer, string frame, int stream)
    {
        switch (frame)
        {
            case "DATA":
            case "DATA end":
                peer.Data(stream, "late", ends: frame == "DATA end");
                break;
            case "HEADERS":
            case "HEADERS end":
                // On a stream that has begun they are trailers.
                bool isNew = stream % 2 != 0 && peer.Host.Events.Count == 0;
                peer.Request(stream, frame == "HEADERS end", isNew ? Http2Peer.Pseudo(frame == "HEADERS" ? "POST" : "GET", frame == "HEADERS" ? "/held" : "/") : [("x-late", "1")]);
                break;
            case "PRIORITY":
                peer.Raw(FrameType.Priority, FrameFlags.None, stream, 0, 0, 0, 0, 15);
                break;
            case "RST_STREAM":
                peer.Reset(stream);
                break;
            case "PUSH_PROMISE":
                peer.Raw(FrameType.PushPromise, FrameFlags.EndHeaders, stream, 0, 0, 0, 50, 0x82);
                break;
            case "WINDOW_UPDATE":
                peer.WindowUpdate(stream, 1);
                break;
            case "CONTINUATION":
                peer.Raw(FrameType.Continuation, FrameFlags.EndHeaders, stream, 0x82);
                break;
            case "SETTINGS":
                peer.Raw(FrameType.Settings, FrameFlags.None, stream);
                break;
            case "PING":
                peer.Raw(FrameType.Ping, FrameFlags.None, stream, new byte[8]);
                break;
            case "GOAWAY":
                peer.Raw(FrameType.GoAway, FrameFlags.None, stream, new byte[8]);
                break;
            case "PRIORITY_UPDATE":
                peer.Raw(FrameType.PriorityUpdate, FrameFlags.None, stream, 0, 0, 0, 1, (byte)'u', (byte)'=', (byte)'1');
                break;
            default:
                peer.Raw((FrameType)0xEE, FrameFlags.None, stream, 1, 2, 3);
                break;
        }
    }
}
