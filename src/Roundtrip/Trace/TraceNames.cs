using Roundtrip.Core;
using Roundtrip.Tools.Names;
using Roundtrip.Tools.Tracing;

namespace Roundtrip.Program;

/// <summary>The names of all that answered a trace.</summary>
internal static class TraceNames
{
    /// <param name="names">Null where none are wanted.</param>
    public static Task<Dictionary<PeerAddress, string?>> Of(TraceResult result, NameCache? names) =>
        Of(result.Hops.SelectMany(hop => hop.Addresses).Append(result.Request.Target), names);

    /// <inheritdoc cref="Of(TraceResult, NameCache?)"/>
    public static async Task<Dictionary<PeerAddress, string?>> Of(IEnumerable<PeerAddress> shown, NameCache? names)
    {
        PeerAddress[] addresses = [.. shown.Distinct()];
        string?[] found = names is null ? new string?[addresses.Length] : await Task.WhenAll(addresses.Select(address => names.FindInTime(address)));
        return addresses.Zip(found).ToDictionary(pair => pair.First, pair => pair.Second);
    }
}
