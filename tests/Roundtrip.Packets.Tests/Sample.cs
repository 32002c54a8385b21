using System.Net;
using Roundtrip.Core;

namespace Roundtrip.Packets.Tests;

/// <summary>Addresses of the ranges for documentation, and bytes from their hexadecimal form.</summary>
internal static class Sample
{
    public static readonly PeerAddress Client4 = Address("192.0.2.1");
    public static readonly PeerAddress Server4 = Address("198.51.100.7");
    public static readonly PeerAddress Client6 = Address("2001:db8::1");
    public static readonly PeerAddress Server6 = Address("2001:db8:ffff::7");

    public static PeerAddress Address(string text, ushort port = 0) => PeerAddress.From(IPAddress.Parse(text), port);

    public static byte[] Bytes(string hexadecimal) => Convert.FromHexString(hexadecimal.Replace(" ", "", StringComparison.Ordinal));
}
