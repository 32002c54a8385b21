using System.Net;
using System.Net.Sockets;

namespace Roundtrip.Site.Access;

/// <summary>Looks names up. It waits, so it is called on the thread pool only.</summary>
public interface INameSource
{
    /// <returns>The name that an address gives itself; null for none.</returns>
    /// <exception cref="SocketException">It could not be found out.</exception>
    string? NameOf(IPAddress address);

    /// <returns>The addresses of a name; none where it has none.</returns>
    /// <exception cref="SocketException">They could not be found out.</exception>
    IReadOnlyList<IPAddress> AddressesOf(string name);
}

/// <summary>The machine's own resolver: hosts file, DNS, whatever nsswitch.conf says.</summary>
internal sealed class SystemNames : INameSource
{
    public static readonly SystemNames Instance = new();

    public string? NameOf(IPAddress address)
    {
        try
        {
            return Dns.GetHostEntry(address).HostName;
        }
        catch (SocketException fault) when (IsNothing(fault))
        {
            return null;
        }
    }

    public IReadOnlyList<IPAddress> AddressesOf(string name)
    {
        try
        {
            return Dns.GetHostAddresses(name);
        }
        catch (SocketException fault) when (IsNothing(fault))
        {
            return [];
        }
    }

    private static bool IsNothing(SocketException fault) => fault.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData;
}
