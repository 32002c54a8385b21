using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;

namespace Roundtrip.Stores.Redis;

/// <summary>Reads the streams of all hubs on a connection of its own, as entries come (XREAD with BLOCK), and finds out when a log is another than it was.</summary>
internal sealed class RedisFeed : IDisposable
{
    // After so many milliseconds without entries it looks whether the epochs are still those that it reads.
    private const int Block = 250;
    private const int AnswerTimeout = 3000;
    private const int EntriesAtOnce = 64;

    private readonly RedisServer _server;
    private readonly Backoff _backoff = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private string _run = "";
    private volatile bool _isOver;

    public RedisFeed(RedisServer server)
    {
        _server = server;
        _thread = new Thread(Run) { IsBackground = true, Name = "live reader" };
        _thread.Start();
    }

    /// <summary>There is another hub.</summary>
    public void Wake() => _wake.Set();

    public void Dispose()
    {
        _isOver = true;
        _wake.Set();
        _thread.Join();
        _wake.Dispose();
    }

    private void Run()
    {
        while (!_isOver)
        {
            try
            {
                using var connection = new RespConnection(_server.Address, Block + AnswerTimeout);
                Follow(connection);
            }
            catch (RedisException fault)
            {
                _server.Report(fault.Message);
                lock (_server.Lock)
                {
                    foreach (RedisHub hub in _server.Hubs)
                    {
                        hub.TellAll();
                    }
                }

                _wake.WaitOne(_backoff.Next());
            }
        }
    }

    private void Follow(RespConnection connection)
    {
        string run = RunOf(connection);
        bool isSameRun = run == _run;
        long lookedAt = long.MinValue;
        while (!_isOver)
        {
            RedisHub[] hubs;
            lock (_server.Lock)
            {
                hubs = [.. _server.Hubs];
            }

            long now = Environment.TickCount64;
            bool isDue = lookedAt == long.MinValue || now - lookedAt >= 4 * Block;
            foreach (RedisHub hub in hubs)
            {
                if (isDue || EpochOf(hub).Length == 0)
                {
                    Look(connection, hub, isSameRun);
                }
            }

            if (isDue)
            {
                // Whatever was lost is known now.
                (lookedAt, _run, isSameRun) = (now, run, true);
                _backoff.Reset();
                _server.Report(null);
            }

            if (hubs.Length == 0)
            {
                _wake.WaitOne(Block);
            }
            else
            {
                Read(connection, hubs);
            }
        }
    }

    // Redis, "INFO": run_id is another after each start.
    private static string RunOf(RespConnection connection)
    {
        string info = connection.Call("INFO", "server").Text;
        int at = info.IndexOf("run_id:", StringComparison.Ordinal);
        return at < 0 ? "" : info[(at + 7)..].Split('\r', 2)[0];
    }

    private string EpochOf(RedisHub hub)
    {
        lock (_server.Lock)
        {
            return hub.Epoch;
        }
    }

    // Makes sure that a hub reads the log that there is, from its place on.
    private void Look(RespConnection connection, RedisHub hub, bool isSameRun)
    {
        HubKeys keys = hub.Keys;
        string known = EpochOf(hub);
        string epoch = Begin(connection, keys, "");
        if (epoch == known && HasLost(connection, hub, known, isSameRun))
        {
            epoch = Begin(connection, keys, epoch);
        }

        if (epoch == known)
        {
            return;
        }

        // What is stored between the two questions is not missed: it is read behind the first entry, or behind where the log was.
        long next = connection.Call("HGET", keys.Hash, "next").Number;
        RespValue first = connection.Call("XRANGE", keys.Stream(epoch), "-", "+", "COUNT", "1");
        lock (_server.Lock)
        {
            hub.Begin(epoch, first.Items is { Length: > 0 } ? PlaceOf(first[0]) : next, next);
        }
    }

    private static string Begin(RespConnection connection, HubKeys keys, string lost)
    {
        string candidate = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(6));
        return connection.Call("EVAL", RedisScripts.Begin, "5", keys.Hash, keys.Stream(lost), keys.Ids(lost), keys.Stream(candidate), keys.Ids(candidate), candidate, lost).Text;
    }

    // A server that comes back, or another in its place, may have less than was acknowledged; and what was published since may have taken the lost places.
    private static bool HasLost(RespConnection connection, RedisHub hub, string epoch, bool isSameRun)
    {
        HubKeys keys = hub.Keys;
        long next = connection.Call("HGET", keys.Hash, "next").Number;
        if (next < hub.Next)
        {
            return true;
        }

        if (isSameRun || hub.Mark.Length == 0)
        {
            return false;
        }

        RespValue last = connection.Call("XRANGE", keys.Stream(epoch), IdOf(hub.Next - 1), IdOf(hub.Next - 1));
        return last.Items is not { Length: > 0 } ? next > hub.Next : FieldOf(last[0], "mark").Text != hub.Mark;
    }

    private void Read(RespConnection connection, RedisHub[] hubs)
    {
        var streams = new List<string>();
        var places = new List<string>();
        var read = new List<(RedisHub Hub, string Epoch)>();
        lock (_server.Lock)
        {
            foreach (RedisHub hub in hubs.Where(hub => hub.Epoch.Length > 0))
            {
                streams.Add(hub.Keys.Stream(hub.Epoch));
                places.Add(IdOf(hub.Next - 1));
                read.Add((hub, hub.Epoch));
            }
        }

        if (read.Count == 0)
        {
            return;
        }

        RespValue reply = connection.Call([
            "XREAD", "COUNT", EntriesAtOnce.ToString(CultureInfo.InvariantCulture), "BLOCK", Block.ToString(CultureInfo.InvariantCulture), "STREAMS", .. streams, .. places]);
        foreach (RespValue stream in reply.Items ?? [])
        {
            int index = streams.IndexOf(stream[0].Text);
            lock (_server.Lock)
            {
                foreach (RespValue entry in index < 0 || read[index].Hub.Epoch != read[index].Epoch ? [] : stream[1].Items ?? [])
                {
                    read[index].Hub.Add(PlaceOf(entry), FieldOf(entry, "at").Number, FieldOf(entry, "mark").Text, FieldOf(entry, "draft").Bytes);
                }
            }
        }
    }

    private static string IdOf(long place) => string.Create(CultureInfo.InvariantCulture, $"{place + 1}-1");

    private static long PlaceOf(RespValue entry) => long.TryParse(entry[0].Text.Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number - 1 : throw new RedisException("a stream has an entry that is none of ours");

    private static RespValue FieldOf(RespValue entry, string name)
    {
        RespValue fields = entry[1];
        for (int i = 0; i + 1 < fields.Items?.Length; i += 2)
        {
            if (fields[i].Text == name)
            {
                return fields[i + 1];
            }
        }

        throw new RedisException("a stream has an entry that is none of ours");
    }
}
