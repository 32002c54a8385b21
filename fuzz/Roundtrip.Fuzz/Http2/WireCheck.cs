using Roundtrip.Http.Http2;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Fuzz;

/// <summary>What both ends have put on the wire: keeps the peer's, and holds the engine's against it.</summary>
/// <param name="firstOfEngine">The first stream that the engine may open: 1 for a client's, 2 for a server's.</param>
internal sealed class WireCheck(int firstOfEngine)
{
    // What the connection's window is made at first, where it may be as large.
    private const int FirstWindow = 256 * 1024;

    private readonly List<byte> _fromPeer = [];

    public void Note(ReadOnlySpan<byte> bytes) => _fromPeer.AddRange(bytes);

    /// <param name="isQuiet">Whether the connection goes on and no exchange is left: what the peer sent must have been given back then.</param>
    public void Check(ReadOnlySpan<byte> fromEngine, bool isQuiet, Http2Limits limits)
    {
        // Bounds only: the peer may have sent more than the engine has read when it sent its own.
        Totals peer = Read([.. _fromPeer], out _, isJudged: false);
        Totals engine = Read(fromEngine, out int rest, isJudged: true);
        Http2Target.Require(rest == 0, "The last frame is not whole.");
        Http2Target.Require(engine.Data <= SendWindow.Initial + peer.ConnectionWindow, "More was sent than the connection's window.");
        foreach ((int streamId, long sent) in engine.DataOf)
        {
            Http2Target.Require(sent <= peer.LargestInitialWindow + peer.WindowOf.GetValueOrDefault(streamId), "More was sent than a stream's window.");
        }

        long available = SendWindow.Initial + engine.ConnectionWindow - peer.Data;
        Http2Target.Require(!isQuiet || available > Math.Min(limits.MaxWindowSize, FirstWindow) / 2, "Bytes that the peer sent were not given back to the connection's window.");
        Http2Target.Require(!isQuiet || available <= limits.MaxWindowSize, "More was given back to the connection's window than came.");
    }

    private Totals Read(ReadOnlySpan<byte> bytes, out int rest, bool isJudged)
    {
        var totals = new Totals();
        var ended = new HashSet<int>();
        var opened = new HashSet<int>();
        while (FrameHeader.TryRead(bytes, out FrameHeader header) && bytes.Length >= FrameHeader.Size + header.Length)
        {
            ReadOnlySpan<byte> payload = bytes.Slice(FrameHeader.Size, header.Length);
            bytes = bytes[(FrameHeader.Size + header.Length)..];
            totals.Add(header, payload);
            if (isJudged)
            {
                Follow(header, ended, opened);
            }
        }

        rest = bytes.Length;
        return totals;
    }

    // RFC 9113 §5.1: after END_STREAM or RST_STREAM nothing is sent on a stream, but for the reset that says that no more of the request is wanted, and windows for what of it is.
    private void Follow(in FrameHeader header, HashSet<int> ended, HashSet<int> reset)
    {
        if (header.StreamId == 0)
        {
            return;
        }

        // Nothing is pushed here, so a message goes out on a client's stream, of whichever end.
        bool isContent = header.Type is FrameType.Data or FrameType.Headers;
        bool isOfClient = header.StreamId % 2 == 1;
        Http2Target.Require(isOfClient || (!isContent && firstOfEngine == 1), "A frame was sent on a stream that has none.");
        Http2Target.Require(!reset.Contains(header.StreamId), "A frame was sent on a stream that was reset.");
        Http2Target.Require(!isContent || !ended.Contains(header.StreamId), "Content was sent on a stream that was ended.");
        if (header.Type == FrameType.RstStream)
        {
            reset.Add(header.StreamId);
        }
        else if (isContent && header.Has(FrameFlags.EndStream))
        {
            ended.Add(header.StreamId);
        }
    }

    private sealed class Totals
    {
        public long Data { get; private set; }

        public long ConnectionWindow { get; private set; }

        public long LargestInitialWindow { get; private set; } = SendWindow.Initial;

        public Dictionary<int, long> DataOf { get; } = [];

        public Dictionary<int, long> WindowOf { get; } = [];

        public void Add(in FrameHeader header, ReadOnlySpan<byte> payload)
        {
            if (header.Type == FrameType.Data)
            {
                Data += header.Length;
                DataOf[header.StreamId] = DataOf.GetValueOrDefault(header.StreamId) + header.Length;
            }
            else if (header.Type == FrameType.WindowUpdate && header.Length == 4)
            {
                WindowUpdateFrame.Read(header, payload, out WindowUpdateFrame frame);
                ConnectionWindow += header.StreamId == 0 ? frame.Increment : 0;
                WindowOf[header.StreamId] = WindowOf.GetValueOrDefault(header.StreamId) + frame.Increment;
            }
            else if (header.Type == FrameType.Settings && header.Length % Setting.Size == 0)
            {
                SettingsFrame.Read(header, payload, out SettingsFrame frame);
                foreach (Setting setting in frame)
                {
                    LargestInitialWindow = setting.Parameter == SettingsParameter.InitialWindowSize ? Math.Max(LargestInitialWindow, setting.Value) : LargestInitialWindow;
                }
            }
        }
    }
}
