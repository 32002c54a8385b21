using System.Buffers.Binary;
using System.Net;
using Roundtrip.Core;
using Roundtrip.Packets.Dns;
using Roundtrip.Tools.Names.Delegation;

namespace Roundtrip.Fuzz;

/// <summary>
/// A walk from the root to an address's name and back, among servers that answer as they like. Of each answer: its length, its flags, its response code, how many records each section has, and the
/// records, which stand behind the question. The walk ends, has asked no more than it may, and confirms only what somebody has confirmed.
/// </summary>
public static class DelegationTarget
{
    private const int MostQuestions = 60;

    private static readonly RootHints Hints = RootHints.Parse(["root. 1 A 10.0.0.1", "root6. 1 AAAA fd00::1"])!;

    public static void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return;
        }

        var address = IPAddress.Parse(input[0] % 2 == 0 ? "198.18.6.2" : "2001:db8:6::2");
        var servers = new Servers(input[1..].ToArray(), address);
        ThoroughName name = new ThoroughNames(Hints, servers).Of(address, CancellationToken.None).GetAwaiter().GetResult();
        Require(servers.Asked <= MostQuestions, "More is asked than may be.");
        Require(!name.IsConfirmed || (name.Name is not null && servers.HasConfirmed), "A name is confirmed that nobody has confirmed, or none is.");
        Require((name.Name ?? "").All(IsShown) && name.Remark.All(character => character is >= ' ' and <= '~'), "What is shown has bytes that a terminal obeys.");
    }

    private static bool IsShown(char character) => char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '_' or '?';

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException(what);
        }
    }

    private sealed class Servers(byte[] answers, IPAddress address) : IDnsExchange
    {
        private const int HeaderSize = 12;
        private const int OwnSize = 4;

        private readonly PeerAddress _address = PeerAddress.From(address, 0);
        private int _at;

        public int Asked { get; private set; }

        public bool HasConfirmed { get; private set; }

        public Task<DnsMessage?> Ask(PeerAddress server, DnsName question, DnsType type, CancellationToken cancellation)
        {
            Asked++;
            Require(question.CanBeWritten, "A name is asked for that cannot be written.");
            ReadOnlySpan<byte> left = answers.AsSpan(Math.Min(_at, answers.Length));
            if (left.Length < OwnSize)
            {
                return Task.FromResult<DnsMessage?>(null);
            }

            int length = Math.Min(left[0], left.Length - OwnSize);
            _at += OwnSize + length;
            byte[] bytes = new byte[DnsMessage.LargestQuestion + length];
            int at = DnsMessage.WriteQuestion(1, question, type, 0, bytes);
            (bytes[2], bytes[3]) = ((byte)(0x80 | (left[1] & 0x06)), (byte)(left[2] & 0x0f));
            for (int section = 0; section < 3; section++)
            {
                BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(6 + 2 * section), (ushort)((left[3] >> (2 * section)) & 3));
            }

            left.Slice(OwnSize, length).CopyTo(bytes.AsSpan(at));
            _ = DnsMessage.TryReadAnswer(bytes.AsSpan(0, at + length), out DnsMessage? message);
            Require(at > HeaderSize, "A question has no name.");
            HasConfirmed |= message is { IsAuthoritative: true } && message.Answers.Any(record => record.Address is { } told && told.Bits == _address.Bits);
            return Task.FromResult(message);
        }
    }
}
