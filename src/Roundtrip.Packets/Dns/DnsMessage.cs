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

    // RFC 6891 section 6.1.2: the root's name, type, size, what would be the TTL, and no options.
    private const int OptSize = 11;

    /// <summary>The bytes of the largest question.</summary>
    public const int LargestQuestion = HeaderSize + DnsName.LongestName + 4 + OptSize;

    /// <summary>Whether the question is repeated. Some that cannot read one refuse with their header alone.</summary>
    public bool HasQuestion { get; init; } = true;

    public bool IsAuthoritative { get; init; }

    /// <summary>Whether there is more than a datagram could hold: it is to be asked by TCP.</summary>
    public bool IsTruncated { get; init; }

    public DnsResponseCode ResponseCode { get; init; }

    public IReadOnlyList<DnsRecord> Answers { get; init; } = [];

    public IReadOnlyList<DnsRecord> Authorities { get; init; } = [];

    public IReadOnlyList<DnsRecord> Additional { get; init; } = [];

    /// <summary>Writes a question that asks for no recursion.</summary>
    /// <param name="largestAnswer">The bytes of the largest datagram that may come back, said by EDNS(0) (RFC 6891); 0 for a question without it, which 512 bytes answer.</param>
    /// <param name="destination"><see cref="LargestQuestion"/> bytes are enough.</param>
    /// <returns>The bytes written.</returns>
    public static int WriteQuestion(ushort id, DnsName question, DnsType type, ushort largestAnswer, Span<byte> destination)
    {
        destination[..HeaderSize].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(destination, id);
        destination[5] = 1;
        int at = HeaderSize + question.Write(destination[HeaderSize..]);
        BinaryPrimitives.WriteUInt16BigEndian(destination[at..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(destination[(at + 2)..], ClassIn);
        at += 4;
        if (largestAnswer == 0)
        {
            return at;
        }

        destination[11] = 1;
        destination.Slice(at, OptSize).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(destination[(at + 1)..], (ushort)DnsType.Opt);
        BinaryPrimitives.WriteUInt16BigEndian(destination[(at + 3)..], largestAnswer);
        return at + OptSize;
    }

    /// <summary>Reads an answer with one question, or a FORMERR with none. Records of other classes are passed over; of a truncated one those are read that are there whole.</summary>
    /// <returns>False if it is no answer, or its parts are not what it says.</returns>
    public static bool TryReadAnswer(ReadOnlySpan<byte> bytes, out DnsMessage? message)
    {
        message = null;
        if (bytes.Length < HeaderSize)
        {
            return false;
        }

        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        var responseCode = (DnsResponseCode)(flags & ResponseCodeMask);
        int at = HeaderSize;
        if ((flags & (ResponseFlag | OpcodeMask)) == ResponseFlag && responseCode == DnsResponseCode.FormatError && BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]) == 0)
        {
            message = new DnsMessage(BinaryPrimitives.ReadUInt16BigEndian(bytes), default, default) { HasQuestion = false, ResponseCode = responseCode };
            return true;
        }

        if ((flags & ResponseFlag) == 0 || (flags & OpcodeMask) != 0 || BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]) != 1
            || !DnsName.TryRead(bytes, ref at, out DnsName question) || at + 4 > bytes.Length || BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]) != ClassIn)
        {
            return false;
        }

        var type = (DnsType)BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
        at += 4;
        bool isTruncated = (flags & TruncatedFlag) != 0;
        List<DnsRecord>[] sections = [[], [], []];
        int extendedCode = 0;
        for (int section = 0; section < sections.Length; section++)
        {
            if (!TryReadSection(bytes, BinaryPrimitives.ReadUInt16BigEndian(bytes[(6 + 2 * section)..]), ref at, sections[section], ref extendedCode))
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
            ResponseCode = responseCode | (DnsResponseCode)(extendedCode << 4),
            Answers = sections[0],
            Authorities = sections[1],
            Additional = sections[2],
        };
        return true;
    }

    private static bool TryReadSection(ReadOnlySpan<byte> bytes, int count, ref int at, List<DnsRecord> records, ref int extendedCode)
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

            // RFC 6891 section 6.1.3: where other records have their TTL, the upper bits of the response code.
            extendedCode = type == DnsType.Opt ? bytes[at + 4] : extendedCode;
            at += 10;
            if (at + length > bytes.Length || !TryReadData(bytes, at, length, new DnsRecord(name, type), out DnsRecord record))
            {
                return false;
            }

            at += length;
            if (recordClass == ClassIn && type != DnsType.Opt)
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
