using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Roundtrip.Core;
using Roundtrip.Packets.Dns;

namespace Roundtrip.Tools.Names.Delegation;

/// <summary>
/// Asks by UDP, each question from a port of its own, connected so that the system lets nobody else's answer in; and by TCP what was truncated (RFC 7766). An answer counts that has the question's
/// random number and repeats the question (RFC 5452); others are passed over while there is time.
/// </summary>
internal sealed class DnsExchange(ushort port = DnsExchange.UsualPort) : IDnsExchange
{
    private const ushort UsualPort = 53;
    // What comes through anywhere without being fragmented (RFC 9715).
    private const ushort LargestDatagram = 1232;

    // What servers say though they were told otherwise.
    private const int LargestThatIsRead = 4096;

    /// <summary>So long an answer is waited for, by UDP and again by TCP.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMilliseconds(800);

    /// <inheritdoc/>
    public async Task<DnsMessage?> Ask(PeerAddress server, DnsName question, DnsType type, CancellationToken cancellation)
    {
        try
        {
            DnsMessage? answer = await AskOnce(server, question, type, LargestDatagram, cancellation).ConfigureAwait(false);

            // RFC 6891 section 7: who does not know EDNS may say so in these two ways.
            return answer?.ResponseCode is DnsResponseCode.FormatError or DnsResponseCode.NotImplemented
                ? await AskOnce(server, question, type, 0, cancellation).ConfigureAwait(false)
                : answer;
        }
        catch (Exception fault) when (fault is SocketException or IOException or OperationCanceledException)
        {
            // Unreachable, refused, or too late: another server is asked.
            cancellation.ThrowIfCancellationRequested();
            return null;
        }
    }

    private async Task<DnsMessage?> AskOnce(PeerAddress server, DnsName question, DnsType type, ushort largestAnswer, CancellationToken cancellation)
    {
        using var timed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timed.CancelAfter(Patience);
        ushort id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
        byte[] bytes = new byte[DnsMessage.LargestQuestion];
        ReadOnlyMemory<byte> asked = bytes.AsMemory(0, DnsMessage.WriteQuestion(id, question, type, largestAnswer, bytes));
        var to = new IPEndPoint(server.ToIPAddress(), port);
        DnsMessage answer = await AskByUdp(to, asked, IsAnswer, timed.Token).ConfigureAwait(false);
        if (!answer.IsTruncated)
        {
            return answer;
        }

        timed.CancelAfter(Patience);
        return await AskByTcp(to, asked, IsAnswer, timed.Token).ConfigureAwait(false);

        bool IsAnswer(DnsMessage message) => message.Id == id && (!message.HasQuestion || (message.Question == question && message.Type == type));
    }

    private static async Task<DnsMessage> AskByUdp(IPEndPoint to, ReadOnlyMemory<byte> asked, Predicate<DnsMessage> isAnswer, CancellationToken cancellation)
    {
        using var socket = new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(to, cancellation).ConfigureAwait(false);
        await socket.SendAsync(asked, cancellation).ConfigureAwait(false);
        byte[] buffer = new byte[LargestThatIsRead];
        while (true)
        {
            int length = await socket.ReceiveAsync(buffer.AsMemory(), cancellation).ConfigureAwait(false);
            if (DnsMessage.TryReadAnswer(buffer.AsSpan(0, length), out DnsMessage? message) && isAnswer(message!))
            {
                return message!;
            }
        }
    }

    private static async Task<DnsMessage?> AskByTcp(IPEndPoint to, ReadOnlyMemory<byte> asked, Predicate<DnsMessage> isAnswer, CancellationToken cancellation)
    {
        using var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(to, cancellation).ConfigureAwait(false);
        using var stream = new NetworkStream(socket);
        byte[] framed = new byte[2 + asked.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)asked.Length);
        asked.CopyTo(framed.AsMemory(2));
        await stream.WriteAsync(framed, cancellation).ConfigureAwait(false);

        // RFC 1035 section 4.2.2: the length before.
        byte[] length = new byte[2];
        await stream.ReadExactlyAsync(length, cancellation).ConfigureAwait(false);
        byte[] answer = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await stream.ReadExactlyAsync(answer, cancellation).ConfigureAwait(false);
        return DnsMessage.TryReadAnswer(answer, out DnsMessage? message) && isAnswer(message!) ? message : null;
    }
}
