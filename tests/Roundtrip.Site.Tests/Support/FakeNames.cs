using System.Net;
using System.Net.Sockets;
using Roundtrip.Site.Access;

namespace Roundtrip.Site.Tests.Support;

/// <summary>Names by a table. What is not in it is nothing; a name that begins with <c>broken</c> cannot be looked up.</summary>
internal sealed class FakeNames : INameSource
{
    private int _lookups;

    public Dictionary<string, string> Reverse { get; } = [];

    public Dictionary<string, string[]> Forward { get; } = [];

    /// <summary>Closed, it holds lookups up.</summary>
    public ManualResetEventSlim Gate { get; } = new(true);

    public int Lookups => Volatile.Read(ref _lookups);

    public string? NameOf(IPAddress address)
    {
        Interlocked.Increment(ref _lookups);
        Gate.Wait();
        return Checked(Reverse.GetValueOrDefault(address.ToString()));
    }

    public IReadOnlyList<IPAddress> AddressesOf(string name)
    {
        Interlocked.Increment(ref _lookups);
        Gate.Wait();
        return [.. Forward.GetValueOrDefault(Checked(name)!, []).Select(IPAddress.Parse)];
    }

    private static string? Checked(string? name) =>
        name?.StartsWith("broken", StringComparison.Ordinal) == true ? throw new SocketException((int)SocketError.TryAgain) : name;
}
