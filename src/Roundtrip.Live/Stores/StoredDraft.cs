using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Roundtrip.Live.Log;

namespace Roundtrip.Live.Stores;

/// <summary>
/// A draft as stores keep it: a version, flags, how many milliseconds a subscriber waits, then id, type, key, topics and content, each with its length in four bytes before it (big-endian, as all numbers).
/// </summary>
public static class StoredDraft
{
    private const byte Version = 1;
    private const byte Binary = 1;
    private const byte Private = 2;
    private const byte Close = 4;
    private const byte Named = 8;
    private const byte Retrying = 16;

    public static byte[] Write(LiveDraft draft)
    {
        var output = new ArrayBufferWriter<byte>(64 + draft.Data.Length);
        int flags = (draft.IsBinary ? Binary : 0) | (draft.IsPrivate ? Private : 0) | (draft.IsClose ? Close : 0)
            | (draft.Id is null ? 0 : Named) | (draft.Retry is null ? 0 : Retrying);
        output.Write([Version, (byte)flags]);
        BinaryPrimitives.WriteInt64BigEndian(output.GetSpan(8), draft.Retry ?? 0);
        output.Advance(8);
        Write(output, draft.Id ?? "");
        Write(output, draft.Type);
        Write(output, draft.Key);
        WriteNumber(output, draft.Topics.Count);
        foreach (string topic in draft.Topics)
        {
            Write(output, topic);
        }

        WriteNumber(output, draft.Data.Length);
        output.Write(draft.Data.Span);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="Write(LiveDraft)"/> writes; null for anything else. The draft keeps the bytes.</summary>
    public static LiveDraft? TryRead(ReadOnlyMemory<byte> stored)
    {
        if (stored.Length < 10 || stored.Span[0] != Version)
        {
            return null;
        }

        int flags = stored.Span[1];
        long retry = BinaryPrimitives.ReadInt64BigEndian(stored.Span[2..]);
        ReadOnlyMemory<byte> rest = stored[10..];
        if (!TryText(ref rest, out string id) || !TryText(ref rest, out string type) || !TryText(ref rest, out string key)
            || !TryNumber(ref rest, out int count) || count == 0 || count > rest.Length / 4)
        {
            return null;
        }

        string[] topics = new string[count];
        for (int i = 0; i < count; i++)
        {
            if (!TryText(ref rest, out topics[i]))
            {
                return null;
            }
        }

        return !TryNumber(ref rest, out int length) || length != rest.Length ? null : new LiveDraft
        {
            Topics = topics,
            Data = rest,
            IsBinary = (flags & Binary) != 0,
            IsPrivate = (flags & Private) != 0,
            IsClose = (flags & Close) != 0,
            Id = (flags & Named) != 0 ? id : null,
            Retry = (flags & Retrying) != 0 ? retry : null,
            Type = type,
            Key = key,
        };
    }

    private static void Write(ArrayBufferWriter<byte> output, string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        WriteNumber(output, length);
        Encoding.UTF8.GetBytes(text, output.GetSpan(Math.Max(length, 1)));
        output.Advance(length);
    }

    private static void WriteNumber(ArrayBufferWriter<byte> output, int number)
    {
        BinaryPrimitives.WriteInt32BigEndian(output.GetSpan(4), number);
        output.Advance(4);
    }

    private static bool TryText(ref ReadOnlyMemory<byte> rest, out string text)
    {
        text = "";
        if (!TryNumber(ref rest, out int length) || length > rest.Length)
        {
            return false;
        }

        text = Encoding.UTF8.GetString(rest.Span[..length]);
        rest = rest[length..];
        return true;
    }

    private static bool TryNumber(ref ReadOnlyMemory<byte> rest, out int number)
    {
        number = 0;
        if (rest.Length < 4 || (number = BinaryPrimitives.ReadInt32BigEndian(rest.Span)) < 0)
        {
            return false;
        }

        rest = rest[4..];
        return true;
    }
}
