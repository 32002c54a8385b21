using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using Roundtrip.Live.Log;
using Roundtrip.Live.Stores;

namespace Roundtrip.Stores.Sqlite;

/// <summary>
/// A database file, which belongs to this process while it is open. One thread writes: what came while it waited for the disk is its next transaction, so that many publications share one wait.
/// </summary>
internal sealed class SqliteFile : ISharedStore
{
    private readonly Lock _lock = new();
    private readonly PendingQueue _queue = new();
    private readonly Dictionary<string, SqliteHub> _hubs = new(StringComparer.Ordinal);
    private readonly LiveTables _tables;
    private readonly string _path;
    private readonly Thread _thread;
    private bool _isFaulty;

    private SqliteFile(string path, LiveTables tables)
    {
        (_path, _tables) = (path, tables);
        _thread = new Thread(Run) { IsBackground = true, Name = "live store" };
        _thread.Start();
    }

    public bool IsUnused
    {
        get
        {
            lock (_lock)
            {
                return _hubs.Count == 0;
            }
        }
    }

    /// <param name="fault">Why it cannot be used, in a sentence.</param>
    public static bool TryOpen(string path, [NotNullWhen(true)] out SqliteFile? file, out string fault)
    {
        file = LiveTables.TryOpen(path, out LiveTables? tables, out fault) ? new SqliteFile(path, tables) : null;
        return file is not null;
    }

    public bool TryJoin(string hub, ILiveFollower follower, out string fault)
    {
        fault = "";
        lock (_lock)
        {
            try
            {
                if (!_hubs.TryGetValue(hub, out SqliteHub? joined))
                {
                    _hubs.Add(hub, joined = new SqliteHub(_tables.Load(hub, follower.History)));
                }

                joined.Join(follower);
                return true;
            }
            catch (SqliteException broken)
            {
                fault = broken.Message;
                return false;
            }
        }
    }

    public void Leave(string hub, ILiveFollower follower)
    {
        lock (_lock)
        {
            if (_hubs.TryGetValue(hub, out SqliteHub? joined) && joined.Leave(follower))
            {
                _hubs.Remove(hub);
            }
        }
    }

    public void Append(in Pending pending)
    {
        if (!_queue.TryAdd(pending))
        {
            pending.Receipt?.Failed();
        }
    }

    /// <summary>Stores what waits, and closes the file.</summary>
    public void Dispose()
    {
        _queue.Close();
        _thread.Join();
        _tables.Dispose();
    }

    private void Run()
    {
        var batch = new List<Pending>();
        var stored = new List<(SqliteHub Hub, LiveMessage Message, bool IsNew)>();
        while (_queue.Take(batch))
        {
            lock (_lock)
            {
                FailThoseOfFormerHubs(batch);
                if (TryStore(batch, stored))
                {
                    Tell(batch, stored);
                }
                else
                {
                    PendingQueue.Fail(batch);
                }
            }
        }
    }

    private void FailThoseOfFormerHubs(List<Pending> batch)
    {
        foreach (Pending pending in batch.Where(pending => !_hubs.ContainsKey(pending.Hub)))
        {
            pending.Receipt?.Failed();
        }

        batch.RemoveAll(pending => !_hubs.ContainsKey(pending.Hub));
    }

    private bool TryStore(List<Pending> batch, List<(SqliteHub, LiveMessage, bool)> stored)
    {
        stored.Clear();
        try
        {
            foreach (SqliteHub hub in _hubs.Values.Where(hub => hub.IsUncertain))
            {
                hub.Renew(_tables.Load(hub.Name, hub.Stored.Log.Limit));
            }

            _tables.Begin();
            foreach (Pending pending in batch)
            {
                SqliteHub hub = _hubs[pending.Hub];
                hub.Stored.Log.Limit = pending.History;
                LiveMessage message = hub.Stored.Log.Append(pending.Draft!, pending.Now, out bool isNew);
                stored.Add((hub, message, isNew));
                if (isNew)
                {
                    hub.IsUncertain = true;
                    _tables.Add(hub.Stored.Number, message);
                }
            }

            foreach (SqliteHub hub in _hubs.Values.Where(hub => hub.IsUncertain))
            {
                _tables.Keep(hub.Stored);
            }

            _tables.Commit();
        }
        catch (SqliteException broken)
        {
            _tables.Undo();
            Report(broken.Message);
            return false;
        }

        Report(null);
        return true;
    }

    private static void Tell(List<Pending> batch, List<(SqliteHub Hub, LiveMessage Message, bool IsNew)> stored)
    {
        for (int i = 0; i < stored.Count; i++)
        {
            (SqliteHub hub, LiveMessage message, bool isNew) = stored[i];
            if (isNew)
            {
                hub.IsUncertain = false;
                hub.Tell(message);
            }

            batch[i].Receipt?.Stored(message.Id);
        }
    }

    // Once for each time that it breaks.
    private void Report(string? fault)
    {
        if (_isFaulty == fault is not null)
        {
            return;
        }

        _isFaulty = fault is not null;
        foreach (SqliteHub hub in _hubs.Values)
        {
            hub.Report(_isFaulty, _isFaulty ? $"nothing can be stored in {_path}, and publishers are answered 503: {fault}" : $"messages are stored in {_path} again");
        }
    }
}
