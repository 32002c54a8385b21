using System.Buffers;
using System.Text;
using Roundtrip.Http.Sse;

namespace Roundtrip.Fuzz;

/// <summary>Event streams: read whole and byte by byte they are the same, and what is written as data comes back as one event, whatever it has in it.</summary>
public static class SseTarget
{
    public static void Run(ReadOnlySpan<byte> input)
    {
        Require(Read(input, Math.Max(input.Length, 1)) == Read(input, 1), "Byte by byte something else comes of it.");

        var output = new ArrayBufferWriter<byte>();
        ReadOnlySpan<byte> id = input[..Math.Min(input.Length, 4)];
        bool isId = !id.IsEmpty && SseWriter.IsValue(id);
        SseWriter.WriteEvent(output, input, "name"u8, isId ? id : "id"u8);
        var parser = new SseParser();
        parser.Receive(output.WrittenSpan);
        Require(parser.TryReadEvent(out SseEvent received), "An event was lost.");
        string expected = Encoding.UTF8.GetString(input).Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        Require(received == new SseEvent("name", expected, isId ? Encoding.UTF8.GetString(id) : "id"), "An event came back as another.");
        Require(!parser.TryReadEvent(out _), "Data forged an event.");
    }

    private static string Read(ReadOnlySpan<byte> input, int pieceLength)
    {
        var parser = new SseParser(limit: 500);
        var text = new StringBuilder();
        for (int at = 0; at < input.Length; at += pieceLength)
        {
            parser.Receive(input.Slice(at, Math.Min(pieceLength, input.Length - at)));
            while (parser.TryReadEvent(out SseEvent received))
            {
                text.Append(received).Append('\n');
            }
        }

        return text.Append(parser.IsTooLong).Append(parser.Retry).Append(parser.LastEventId).ToString();
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}
