using System.Buffers.Binary;
using Roundtrip.Core;
using Roundtrip.Interop;
using Roundtrip.Transport.Epoll;

namespace Roundtrip.Transport.RawSockets;

/// <content>What comes: packets, and ICMP errors about what was sent (IP_RECVERR, ip(7)).</content>
public sealed unsafe partial class ProbeSocket
{
    private const int ControlSize = 512;

    /// <summary>Takes what arrived.</summary>
    /// <returns>False if there is nothing.</returns>
    public bool TryReceive(Span<byte> buffer, out Received received) => TryReceive(buffer, Libc.MsgDontwait, out received, out _);

    /// <summary>Takes an error that a router or the other end answered with.</summary>
    /// <returns>False if there is none.</returns>
    public bool TryReceiveError(Span<byte> buffer, out Received received)
    {
        // The queue also holds what this machine itself has to say, which is no answer.
        while (TryReceive(buffer, Libc.MsgDontwait | Libc.MsgErrqueue, out received, out bool isAnswer))
        {
            if (isAnswer)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The round trip of a SYN that was answered, as TCP itself measured it, in nanoseconds; 0 where it has not.</summary>
    public long MeasuredRoundTrip => Info.RoundTrip * 1000L;

    /// <summary>Of TCP.</summary>
    public ConnectionState State => Info.State switch
    {
        // TCP_ESTABLISHED and TCP_CLOSE (net/tcp_states.h).
        1 => ConnectionState.Established,
        7 => ConnectionState.Closed,
        _ => ConnectionState.Pending,
    };

    private Libc.TcpInfo Info
    {
        get
        {
            Libc.TcpInfo info = default;
            uint size = (uint)sizeof(Libc.TcpInfo);
            Check(Libc.GetSockOpt(_descriptor, Libc.IpprotoTcp, Libc.TcpInfoOption, &info, &size), "TCP_INFO");
            return info;
        }
    }

    private bool TryReceive(Span<byte> buffer, int flags, out Received received, out bool isAnswer)
    {
        byte* name = stackalloc byte[SocketAddress.MaximumSize];
        byte* control = stackalloc byte[ControlSize];
        (received, isAnswer) = (default, false);
        fixed (byte* p = buffer)
        {
            var vector = new Libc.IoVector { Base = p, Length = buffer.Length };
            var message = new Libc.MessageHeader
            {
                Name = name,
                NameLength = SocketAddress.MaximumSize,
                Vectors = &vector,
                VectorCount = 1,
                Control = control,
                ControlLength = ControlSize,
            };
            nint length = Libc.RecvMsg(_descriptor, &message, flags);
            if (length < 0)
            {
                return false;
            }

            bool hasName = message.NameLength >= 16;
            received = new Received((int)length, hasName ? SocketAddress.Parse(new ReadOnlySpan<byte>(name, SocketAddress.MaximumSize)).WithoutPort() : default, 0, MonotonicClock.Now);
            ReadControl(new ReadOnlySpan<byte>(control, (int)message.ControlLength), ref received, ref isAnswer);
            return true;
        }
    }

    // cmsg(3): header, data, and padding to the header's alignment.
    private static void ReadControl(ReadOnlySpan<byte> control, ref Received received, ref bool isAnswer)
    {
        int headerSize = sizeof(Libc.ControlHeader);
        while (control.Length >= headerSize)
        {
            var header = System.Runtime.InteropServices.MemoryMarshal.Read<Libc.ControlHeader>(control);
            if (header.Length < headerSize || header.Length > control.Length)
            {
                return;
            }

            ReadMessage(header, control[headerSize..(int)header.Length], ref received, ref isAnswer);
            control = control[Math.Min(control.Length, ((int)header.Length + sizeof(nint) - 1) & ~(sizeof(nint) - 1))..];
        }
    }

    private static void ReadMessage(in Libc.ControlHeader header, ReadOnlySpan<byte> data, ref Received received, ref bool isAnswer)
    {
        switch (header.Level, header.Type)
        {
            case (Libc.SolSocket, Libc.SoTimestampns) when data.Length >= 16:
                long stamp = BinaryPrimitives.ReadInt64LittleEndian(data) * 1_000_000_000 + BinaryPrimitives.ReadInt64LittleEndian(data[8..]);
                received = received with { At = MonotonicClock.Of(stamp) };
                break;

            case (Libc.IpprotoIp, Libc.IpTtl) or (Libc.IpprotoIpv6, Libc.Ipv6Hoplimit) when data.Length >= sizeof(int):
                received = received with { TimeToLive = (byte)BinaryPrimitives.ReadInt32LittleEndian(data) };
                break;

            case (Libc.IpprotoIp, Libc.IpRecverr) or (Libc.IpprotoIpv6, Libc.Ipv6Recverr) when data.Length >= sizeof(Libc.ExtendedError) + 16:
                var error = System.Runtime.InteropServices.MemoryMarshal.Read<Libc.ExtendedError>(data);
                isAnswer = error.Origin is Libc.OriginIcmp or Libc.OriginIcmpV6;
                if (isAnswer)
                {
                    received = received with
                    {
                        From = OffenderOf(data[sizeof(Libc.ExtendedError)..]),
                        Type = error.Type,
                        Code = error.Code,
                        Info = error.Info,
                        ExtensionsAt = error.ExtensionsAt,
                    };
                }

                break;
        }
    }

    private static PeerAddress OffenderOf(ReadOnlySpan<byte> address)
    {
        Span<byte> whole = stackalloc byte[SocketAddress.MaximumSize];
        address[..Math.Min(address.Length, whole.Length)].CopyTo(whole);
        return SocketAddress.Parse(whole).WithoutPort();
    }
}
