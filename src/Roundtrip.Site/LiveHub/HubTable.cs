namespace Roundtrip.Site.LiveHub;

/// <summary>The hubs of the process: they and their histories outlive reloads. Thread-safe.</summary>
internal sealed class HubTable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Host, string Path), Hub> _hubs = [];

    /// <summary>The hub of a host, which goes on with another definition where it has one already.</summary>
    /// <param name="host">What names the host in every configuration.</param>
    public Hub Find(string host, HubDefinition definition)
    {
        lock (_lock)
        {
            if (!_hubs.TryGetValue((host, definition.Path), out Hub? hub))
            {
                _hubs.Add((host, definition.Path), hub = new Hub(definition));
            }

            hub.Use(definition);
            return hub;
        }
    }
}
