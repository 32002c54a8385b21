namespace Roundtrip.Site.Files;

/// <summary>
/// The files that one loop has at hand, by path: small ones whole, larger ones open, and whole too where they are sent through memory again and again. All loops share one budget of memory; each evicts its own, by the CLOCK rule.
/// What is not there is not remembered, so a new file appears at once.
/// </summary>
internal sealed class HotFiles : IDisposable
{
    // Longer paths are loaded each time.
    private const int LongestPath = 1024;

    // A file whose content would take a larger part of the whole memory than one of so many is only kept open.
    private const int Parts = 32;

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
            resource.LetContentsGo();
            return;
        }

        resource.AddReference();
        _open += resource.OpenFiles;
        var file = new HotFile(path.ToArray(), resource, checkedAt) { Index = _clock.Count };
        Memory += file.Memory;
        _clock.Add(file);
        _files.Add(file.Path, file);
    }

    /// <summary>
    /// Has what was sent through memory again and again kept there from now on (<see cref="Resource.IsReadOften"/>). For a file that was just found to be what it was; the caller has a reference to its
    /// resource, and no use for <paramref name="file"/> any more.
    /// </summary>
    public void KeepContents(HotFile file)
    {
        long most = _budget.Limit / Parts;
        if (file.Resource.IsReadOften(most))
        {
            Remove(file);
            file.Resource.KeepContents(most);
            Add(file.Path, file.Resource, file.CheckedAt);
        }
    }

    public void Remove(HotFile file)
    {
        HotFile last = _clock[^1];
        _clock[file.Index] = last;
        last.Index = file.Index;
        _clock.RemoveAt(_clock.Count - 1);
        _files.Remove(file.Path);

        Memory -= file.Memory;
        _open -= file.Resource.OpenFiles;
        _budget.Give(file.Memory);

        // Who still sends it reads the file again: memory that counts no more is not held by a slow client.
        file.Resource.LetContentsGo();
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
