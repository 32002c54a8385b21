namespace Roundtrip.Site.Files;

/// <summary>
/// The files that one loop has at hand, by path: small ones whole, larger ones open. All loops share one budget of memory; each evicts its own, by the CLOCK rule.
/// What is not there is not remembered, so a new file appears at once.
/// </summary>
internal sealed class HotFiles : IDisposable
{
    // Longer paths are loaded each time.
    private const int LongestPath = 1024;

    private readonly SharedCacheBudget _budget;
    private readonly int _maximumOpen;
    private readonly Dictionary<byte[], HotFile> _files = new(PathComparer.Instance);
    private readonly Dictionary<byte[], HotFile>.AlternateLookup<ReadOnlySpan<byte>> _byPath;
    private readonly List<HotFile> _clock = [];
    private int _hand;
    private int _open;
    private int _refusalsSeen;

    /// <param name="maximumOpen">How many descriptors may be kept.</param>
    public HotFiles(SharedCacheBudget budget, int maximumOpen)
    {
        (_budget, _maximumOpen) = (budget, maximumOpen);
        _byPath = _files.GetAlternateLookup<ReadOnlySpan<byte>>();
        budget.Join();
    }

    public int Count => _clock.Count;

    /// <summary>What this loop has taken of the budget, in bytes.</summary>
    public long Memory { get; private set; }

    /// <summary>How many descriptors are kept.</summary>
    public int OpenFiles => _open;

    public HotFile? Find(ReadOnlySpan<byte> path)
    {
        if (!_byPath.TryGetValue(path, out HotFile? file))
        {
            return null;
        }

        file.WasUsed = true;
        return file;
    }

    /// <summary>Keeps a resource, in place of what was there under its path, if there is room; the cache then has a reference of its own.</summary>
    public void Add(ReadOnlySpan<byte> path, Resource resource, long checkedAt)
    {
        if (_byPath.TryGetValue(path, out HotFile? former))
        {
            Remove(former);
        }

        if (path.Length > LongestPath || !TryMakeRoom(resource))
        {
            return;
        }

        resource.AddReference();
        Memory += resource.Memory;
        _open += resource.OpenFiles;
        var file = new HotFile(path.ToArray(), resource, checkedAt) { Index = _clock.Count };
        _clock.Add(file);
        _files.Add(file.Path, file);
    }

    public void Remove(HotFile file)
    {
        HotFile last = _clock[^1];
        _clock[file.Index] = last;
        last.Index = file.Index;
        _clock.RemoveAt(_clock.Count - 1);
        _files.Remove(file.Path);

        Memory -= file.Resource.Memory;
        _open -= file.Resource.OpenFiles;
        _budget.Give(file.Resource.Memory);
        file.Resource.ReleaseReference();
    }

    /// <summary>Gives back what is above this loop's share, where another loop went without. Called now and then.</summary>
    public void Balance()
    {
        if (_budget.Refusals != _refusalsSeen)
        {
            _refusalsSeen = _budget.Refusals;
            while (Memory > _budget.Share)
            {
                EvictOne();
            }
        }
    }

    public void Dispose()
    {
        while (_clock.Count > 0)
        {
            Remove(_clock[^1]);
        }

        _budget.Leave();
    }

    private bool TryMakeRoom(Resource resource)
    {
        if (resource.Memory > _budget.Limit || resource.OpenFiles > _maximumOpen)
        {
            return false;
        }

        while (_open + resource.OpenFiles > _maximumOpen)
        {
            EvictOne();
        }

        while (!_budget.TryTake(resource.Memory))
        {
            if (_clock.Count == 0)
            {
                _budget.Refused();
                return false;
            }

            EvictOne();
        }

        return true;
    }

    // CLOCK: what was used since the hand last came by gets another turn.
    private void EvictOne()
    {
        while (true)
        {
            _hand = _hand >= _clock.Count ? 0 : _hand;
            HotFile file = _clock[_hand];
            if (!file.WasUsed)
            {
                Remove(file);
                return;
            }

            file.WasUsed = false;
            _hand++;
        }
    }
}
