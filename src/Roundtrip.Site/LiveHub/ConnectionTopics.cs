using System.Runtime.InteropServices;
using Roundtrip.Http;

namespace Roundtrip.Site.LiveHub;

/// <summary>How many topics each client connection of a loop is subscribed to at a hub. A connection without any takes no room. Belongs to the loop's thread.</summary>
internal sealed class ConnectionTopics
{
    private readonly Dictionary<IConnectionHost, int> _counts = [];

    public int Of(IConnectionHost connection) => _counts.GetValueOrDefault(connection);

    /// <param name="count">So many more; less than 0 for less.</param>
    public void Add(IConnectionHost connection, int count)
    {
        ref int known = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, connection, out _);
        known += count;
        if (known == 0)
        {
            _counts.Remove(connection);
        }
    }
}
