using System.Net.NetworkInformation;
using Roundtrip.Core;
using Roundtrip.Packets;

namespace Roundtrip.Tools.Tracing;

/// <summary>The largest packet that this machine's own link takes.</summary>
internal static class LinkMtu
{
    // Ethernet's (RFC 894), where the system does not say.
    private const int Usual = 1500;

    /// <summary>Of the interface that has an address. What the system has learnt of a path is not asked: that is to be found out.</summary>
    public static int Of(PeerAddress source)
    {
        try
        {
            NetworkInterface? link = NetworkInterface.GetAllNetworkInterfaces()
                .FirstOrDefault(link => link.GetIPProperties().UnicastAddresses.Any(address => PeerAddress.From(address.Address, 0).Bits == source.Bits));
            int mtu = link?.GetIPProperties().GetIPv4Properties().Mtu ?? Usual;
            return mtu > 0 ? Math.Min(mtu, Ipv4Header.LargestPacket) : Usual;
        }
        catch (NetworkInformationException)
        {
            return Usual;
        }
    }
}
