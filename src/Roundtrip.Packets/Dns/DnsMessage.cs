using System.Buffers.Binary;
using Roundtrip.Core;

namespace Roundtrip.Packets.Dns;

/// <summary>A message of DNS (RFC 1035 section 4) as far as one who walks delegations needs it.</summary>
/// <param name="Id">What tells which question it answers.</param>
/// <param name="Question">What was asked.</param>
/// <param name="Type">The type that was asked for.</param>
public sealed record DnsMessage(ushort Id, DnsName Question, DnsType Type)
{
    private const int HeaderSize = 12;
    private const ushort ClassIn = 1;

    private const ushort ResponseFlag = 0x8000;
    private const ushort OpcodeMask = 0x7800;
    private const ushort AuthoritativeFlag = 0x0400;
    private const ushort TruncatedFlag = 0x0200;
    private const ushort ResponseCodeMask = 0xf;

    /// <summary>The bytes of the largest question.</summary>
    public const int LargestQuestion = HeaderSize + DnsName.LongestName + 4;

    public bool IsAuthoritative { get; init; }

    /// <summary>Whether there is more than a datagram could hold: it is to be asked by TCP.</summary>
    public bool IsTruncated { get; init; }

    public DnsResponseCode ResponseCode { get; init; }

    public IReadOnlyList<DnsRecord> Answers { get; init; } = [];

    public IReadOnlyList<DnsRecord> Authorities { get; init; } = [];

    public IReadOnlyList<DnsRecord> Additional { get; init; } = [];

    /// <summary>Writes a question that asks for no recursion.</summary>
    /// <param name="destination"><see cref="LargestQuestion"/> bytes are enough.</param>
    /// <returns>The bytes written.</returns>
    public static int WriteQuestion(ushort id, DnsName question, DnsType type, Span<byte> destination)
    {
        destination[..HeaderSize].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(destination, id);
        destination[5] = 1;
        int at = HeaderSize + question.Write(destination[HeaderSize..]);
        BinaryPrimitives.WriteUInt16BigEndian(destination[at..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(destination[(at + 2)..], ClassIn);
        return at + 4;
    }

    /// <summary>Reads an answer with one question. Records of other classes are passed over; of a truncated one those are read that are there whole.</summary>
    /// <returns>False if it is no answer, or its parts are not what it says.</returns>
    public static bool TryReadAnswer(ReadOnlySpan<byte> bytes, out DnsMessage? message)
    {
        message = null;
        if (bytes.Length < HeaderSize)
        {
            return false;
        }

        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        int at = HeaderSize;
        if ((flags & ResponseFlag) == 0 || (flags & OpcodeMask) != 0 || BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]) != 1
            || !DnsName.TryRead(bytes, ref at, out DnsName question) || at + 4 > bytes.Length || BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]) != ClassIn)
        {
            return false;
        }

        var type = (DnsType)BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
        at += 4;
        bool isTruncated = (flags & TruncatedFlag) != 0;
        List<DnsRecord>[] sections = [[], [], []];
        for (int section = 0; section < sections.Length; section++)
        {
            if (!TryReadSection(bytes, BinaryPrimitives.ReadUInt16BigEndian(bytes[(6 + 2 * section)..]), ref at, sections[section]))
            {
                if (!isTruncated)
                {
                    return false;
                }

                break;
            }
        }

        message = new DnsMessage(BinaryPrimitives.ReadUInt16BigEndian(bytes), question, type)
        {
            IsAuthoritative = (flags & AuthoritativeFlag) != 0,
            IsTruncated = isTruncated,
            ResponseCode = (DnsResponseCode)(flags & ResponseCodeMask),
            Answers = sections[0],
            Authorities = sections[1],
            Additional = sections[2],
        };
        return true;
    }

    private static bool TryReadSection(ReadOnlySpan<byte> bytes, int count, ref int at, List<DnsRecord> records)
    {
        for (int i = 0; i < count; i++)
        {
            if (!DnsName.TryRead(bytes, ref at, out DnsName name) || at + 10 > bytes.Length)
            {
                return false;
            }

            var type = (DnsType)BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
            ushort recordClass = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]);
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 8)..]);
            at += 10;
            if (at + length > bytes.Length || !TryReadData(bytes, at, length, new DnsRecord(name, type), out DnsRecord record))
            {
                return false;
            }

            at += length;
            if (recordClass == ClassIn)
            {
                records.Add(record);
            }
        }

        return true;
    }

    private static bool TryReadData(ReadOnlySpan<byte> bytes, int at, int length, DnsRecord about, out DnsRecord record)
    {
        record = about;
        ReadOnlySpan<byte> data = bytes.Slice(at, length);
        switch (about.Type)
        {
            case DnsType.A:
                record = length == 4 ? about with { Address = PeerAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(data), 0) } : about;
                return length == 4;

            case DnsType.Aaaa:
                record = length == 16 ? about with { Address = PeerAddress.FromIPv6(data, 0) } : about;
                return length == 16;

            case DnsType.NS or DnsType.CName or DnsType.DomainNamePointer:
                int behind = at;
                bool isName = DnsName.TryRead(bytes, ref behind, out DnsName target) && behind == at + length;
                record = about with { Target = target };
                return isName;

            default:
                return true;
        }
    }
}
