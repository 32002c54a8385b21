using System.Buffers.Binary;
using Roundtrip.Core;
using Roundtrip.Interop;

namespace Roundtrip.Transport.Epoll;

/// <summary>sockaddr_in and sockaddr_in6 to and from <see cref="PeerAddress"/>.</summary>
internal static class SocketAddress
{
    /// <summary>Room for the larger of the two, sockaddr_in6.</summary>
    public const int MaximumSize = 28;

    public static PeerAddress Parse(ReadOnlySpan<byte> address)
    {
        int family = BinaryPrimitives.ReadUInt16LittleEndian(address);
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        return family == Libc.AfInet
            ? PeerAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(address[4..]), port)
            : PeerAddress.FromIPv6(address.Slice(8, 16), port, BinaryPrimitives.ReadUInt32LittleEndian(address[24..]));
    }

    /// <returns>The bytes written.</returns>
    public static int Format(PeerAddress address, Span<byte> destination)
    {
        destination.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], address.Port);
        var ip = address.ToIPAddress();
        if (address.IsIPv4)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(destination, Libc.AfInet);
            ip.TryWriteBytes(destination[4..], out _);
            return 16;
        }

        BinaryPrimitives.WriteUInt16LittleEndian(destination, Libc.AfInet6);
        ip.TryWriteBytes(destination[8..], out _);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[24..], address.Scope);
        return 28;
    }
}
