using Roundtrip.Processes.Descriptors;

namespace Roundtrip.Processes.Supervision;

/// <summary>
/// Listeners by name, kept through generations and servers: closing one of several SO_REUSEPORT listeners resets the connections in its queue, so one that goes on being wanted is never closed.
/// </summary>
public sealed class KeptDescriptors : IDisposable
{
    private readonly Dictionary<string, OwnedDescriptor> _byName = [];

    public IReadOnlyCollection<string> Names => _byName.Keys;

    /// <summary>The descriptor of that name: the one that is kept, or else what <paramref name="open"/> returns.</summary>
    /// <param name="open">Opens it, or returns null.</param>
    /// <returns>Null where <paramref name="open"/> did.</returns>
    public NamedDescriptor? GetOrOpen(string name, Func<OwnedDescriptor?> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        if (!_byName.TryGetValue(name, out OwnedDescriptor? descriptor))
        {
            descriptor = open();
            if (descriptor is null)
            {
                return null;
            }

            _byName.Add(name, descriptor);
        }

        return new NamedDescriptor(name, descriptor, IsKept: true);
    }

    public void Dispose() => CloseAllBut(new HashSet<string>());

    internal void CloseAllBut(IReadOnlySet<string> wanted)
    {
        foreach (string name in _byName.Keys.Where(name => !wanted.Contains(name)).ToList())
        {
            _byName[name].Dispose();
            _byName.Remove(name);
        }
    }
}
