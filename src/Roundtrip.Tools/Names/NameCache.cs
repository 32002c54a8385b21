using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Roundtrip.Core;

namespace Roundtrip.Tools.Names;

/// <summary>The names of addresses by the system's resolver (PTR records, the hosts file): each is asked for once, all in parallel, on the thread pool.</summary>
/// <param name="lookUp">What asks; null as the result for no name.</param>
public sealed class NameCache(Func<IPAddress, Task<string?>> lookUp)
{
    private readonly ConcurrentDictionary<PeerAddress, (Task<string?> Name, long AskedAt)> _names = new();

    /// <summary>So long somebody who wants to show a name waits for it.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(1);

    public NameCache()
        : this(AskSystem)
    {
    }

    /// <summary>Begins to ask, if nobody has.</summary>
    /// <param name="address">Without a port.</param>
    public Task<string?> Find(PeerAddress address) => _names.GetOrAdd(address, Ask).Name;

    /// <summary>The name, if it comes within <see cref="Patience"/> from the moment on at which it was asked for first, so that many names that do not come cost no more than one.</summary>
    public async Task<string?> FindInTime(PeerAddress address)
    {
        (Task<string?> asked, long at) = _names.GetOrAdd(address, Ask);
        TimeSpan left = Patience - Stopwatch.GetElapsedTime(at);
        return asked.IsCompleted || (left > TimeSpan.Zero && await Task.WhenAny(asked, Task.Delay(left)).ConfigureAwait(false) == asked) ? await asked.ConfigureAwait(false) : null;
    }

    // By Task.Run, since the resolver's call itself may wait.
    private (Task<string?>, long) Ask(PeerAddress address) =>
        (Task.Run(async () => SafeName.Of(await lookUp(address.ToIPAddress()).ConfigureAwait(false))), Stopwatch.GetTimestamp());

    private static async Task<string?> AskSystem(IPAddress address)
    {
        try
        {
            string name = (await Dns.GetHostEntryAsync(address).ConfigureAwait(false)).HostName;
            return IPAddress.TryParse(name, out _) ? null : name;
        }
        catch (SocketException)
        {
            // No name, or nobody who could say one: either way there is none to show.
            return null;
        }
    }
}
