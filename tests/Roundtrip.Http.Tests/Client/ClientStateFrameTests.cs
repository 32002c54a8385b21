using Roundtrip.Core;
using Roundtrip.Http.Http2.Frames;
using Roundtrip.Http.Tests.Http2;

namespace Roundtrip.Http.Tests.Client;

/// <summary>Each frame that a server may think of in each state of a stream, as the server sees it: what is sent back, or nothing.</summary>
public class ClientStateFrameTests
{
    private static readonly (string Name, string Value)[] Promised =
        [(":method", "GET"), (":scheme", "https"), (":authority", "example.org"), (":path", "/style.css")];

    private static readonly string[] States =
        ["idle", "idle of the server's", "reserved remote", "open", "half-closed local", "with its header section", "closed by both ends", "closed by its reset", "closed by our reset"];

    // RFC 9113 §5.1, §6: a row for each frame of FrameTable, a column for each state above. "-" is nothing, "x" the end of the exchange as a failure without a word; "P" and "S" are GOAWAY with PROTOCOL_ERROR and
    // STREAM_CLOSED, "p" RST_STREAM with PROTOCOL_ERROR, "n" the CANCEL of a promise that nobody takes.
    private static readonly string[] Expected =
    [
        //                     idle theirs reserved open hcLocal begun ended theirReset ourReset
        /* DATA            */ "P    P      P        p    p       -     S     S          -",
        /* DATA end        */ "P    P      P        p    p       -     S     S          -",
        /* HEADERS         */ "P    P      -        -    -       p     S     S          -",
        /* HEADERS end     */ "P    P      -        n    -       p     S     S          -",
        /* PRIORITY        */ "-    -      -        -    -       -     -     -          -",
        /* RST_STREAM      */ "P    P      x        x    x       x     -     -          -",
        /* PUSH_PROMISE    */ "P    P      P        -    -       -     P     P          n",
        /* WINDOW_UPDATE   */ "P    P      P        -    -       -     -     -          -",
        /* CONTINUATION    */ "P    P      P        P    P       P     P     P          P",
        /* unknown         */ "-    -      -        -    -       -     -     -          -",
        /* SETTINGS        */ "P    P      P        P    P       P     P     P          P",
        /* PING            */ "P    P      P        P    P       P     P     P          P",
        /* GOAWAY          */ "P    P      P        P    P       P     P     P          P",
        /* PRIORITY_UPDATE */ "P    P      P        P    P       P     P     P          P",
    ];

    public static TheoryData<string, string, string> Cells() => FrameTable.Cells(States, Expected);

    [Theory]
    [MemberData(nameof(Cells))]
    public void Each_frame_in_each_state_is_answered_as_the_RFC_says(string frame, string state, string expected)
    {
        Http2Server server = Http2Server.Open(acceptsPush: true);
        var pushed = new RecordingHandler();
        var handler = new RecordingHandler { Taker = pushed };
        int stream = Enter(server, state, handler);
        _ = server.Frames();
        int before = handler.Text.Length + pushed.Text.Length;
        Send(server, frame, stream);
        server.Host.Send();
        string answers = server.Frames();
        bool hasFailed = handler.Text.Length + pushed.Text.Length > before
            && $"{handler.Text}\n{pushed.Text}".Split('\n').Any(line => line.StartsWith("ended", StringComparison.Ordinal) && line != "ended Completed");

        Assert.Equal(expected, answers.Split('\n') switch
        {
            [""] => hasFailed ? "x" : "-",
            [var one] when one.StartsWith("GOAWAY ", StringComparison.Ordinal) && one.EndsWith(" ProtocolError", StringComparison.Ordinal) => "P",
            [var one] when one.StartsWith("GOAWAY ", StringComparison.Ordinal) && one.EndsWith(" StreamClosed", StringComparison.Ordinal) => "S",
            [var one] when one.StartsWith("RST_STREAM ", StringComparison.Ordinal) && one.EndsWith(" ProtocolError", StringComparison.Ordinal) => "p",
            [var one] when one.StartsWith("RST_STREAM ", StringComparison.Ordinal) && one.EndsWith(" Cancel", StringComparison.Ordinal) => "n",
            _ => answers,
        });
        Assert.Equal(expected is "P" or "S", server.Engine.Closing != ConnectionClose.None);
    }

    /// <returns>The stream that is in the state now.</returns>
    private static int Enter(Http2Server server, string state, RecordingHandler handler)
    {
        switch (state)
        {
            case "idle":
                return 1;
            case "idle of the server's":
                return 2;
            case "reserved remote":
                server.Get(handler: handler);
                server.Promise(1, 2, Promised);
                return 2;
            case "open":
                server.Post(handler, 10);
                server.Host.Send();
                return 1;
            case "half-closed local":
                server.Get(handler: handler);
                return 1;
            case "with its header section":
                server.Get(handler: handler);
                server.Headers(1, false, (":status", "200"));
                return 1;
            case "closed by both ends":
                server.Get(handler: handler);
                server.Headers(1, true, (":status", "204"));
                return 1;
            case "closed by its reset":
                server.Get(handler: handler);
                server.Reset(1, ErrorCode.Cancel);
                return 1;
            default:
                server.Start(handler).Cancel(EndReason.Cancelled);
                server.Host.Send();
                return 1;
        }
    }

    private static void Send(Http2Server server, string frame, int stream)
    {
        switch (frame)
        {
            case "DATA":
            case "DATA end":
                server.Data(stream, "late", ends: frame == "DATA end");
                break;
            case "HEADERS":
            case "HEADERS end":
                server.Headers(stream, frame == "HEADERS end", (":status", "200"));
                break;
            case "PRIORITY":
                server.Raw(FrameType.Priority, FrameFlags.None, stream, 0, 0, 0, 0, 15);
                break;
            case "RST_STREAM":
                server.Reset(stream, ErrorCode.InternalError);
                break;
            case "PUSH_PROMISE":
                server.Promise(stream, 4, Promised);
                break;
            case "WINDOW_UPDATE":
                server.Raw(FrameType.WindowUpdate, FrameFlags.None, stream, 0, 0, 0, 1);
                break;
            case "CONTINUATION":
                server.Raw(FrameType.Continuation, FrameFlags.EndHeaders, stream, 0x88);
                break;
            case "SETTINGS":
                server.Raw(FrameType.Settings, FrameFlags.None, stream);
                break;
            case "PING":
                server.Raw(FrameType.Ping, FrameFlags.None, stream, new byte[8]);
                break;
            case "GOAWAY":
                server.Raw(FrameType.GoAway, FrameFlags.None, stream, new byte[8]);
                break;
            case "PRIORITY_UPDATE":
                server.Raw(FrameType.PriorityUpdate, FrameFlags.None, stream, 0, 0, 0, 1, (byte)'u', (byte)'=', (byte)'1');
                break;
            default:
                server.Raw((FrameType)0xEE, FrameFlags.None, stream, 1, 2, 3);
                break;
        }
    }
}
