using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Roundtrip.Live.Log;
using Roundtrip.Live.Stores;

namespace Roundtrip.Stores.Redis;

/// <summary>Publishes what hubs give it: what waits is sent in one write, and the replies are read behind it.</summary>
internal sealed class RedisPublisher : IDisposable
{
    // A server that is stopped, and not gone, is silent.
    private const int AnswerTimeout = 3000;

    // Servers read the stream behind one another: what they have not seen yet is not trimmed, however short their own histories are.
    private const int LeastMessages = 1000;
    private const long LeastAge = 60_000;

    private const long NoEpoch = -2;

    private readonly RedisServer _server;
    private readonly PendingQueue _queue = new();
    private readonly Backoff _backoff = new();
    private readonly List<(RedisHub Hub, string Epoch, Pending Pending)> _sent = [];
    private readonly Thread _thread;
    private RespConnection? _connection;
    private string _script = "";
    private long _tryAgainAt;

    public RedisPublisher(RedisServer server)
    {
        _server = server;
        _thread = new Thread(Run) { IsBackground = true, Name = "live publisher" };
        _thread.Start();
    }

    public void Append(in Pending pending)
    {
        if (!_queue.TryAdd(pending))
        {
            pending.Receipt?.Failed();
        }
    }

    public void Dispose()
    {
        _queue.Close();
        _thread.Join();
        _connection?.Dispose();
    }

    private void Run()
    {
        var batch = new List<Pending>();
        while (_queue.Take(batch))
        {
            if (TryConnect())
            {
                Publish(batch);
            }
            else
            {
                PendingQueue.Fail(batch);
            }
        }
    }

    // Nothing waits for a server that is away: publishers are told at once.
    private bool TryConnect()
    {
        if (_connection is { IsBroken: true })
        {
            _connection.Dispose();
            _connection = null;
        }

        if (_connection is not null)
        {
            return true;
        }

        if (Environment.TickCount64 < _tryAgainAt)
        {
            return false;
        }

        try
        {
            _connection = new RespConnection(_server.Address, AnswerTimeout);
            _script = _connection.Call("SCRIPT", "LOAD", RedisScripts.Publish).Text;
            _backoff.Reset();
            return true;
        }
        catch (RedisException fault)
        {
            Break(fault);
            return false;
        }
    }

    private void Publish(List<Pending> batch)
    {
        _sent.Clear();
        int answered = 0;
        try
        {
            foreach (Pending pending in batch)
            {
                (RedisHub? hub, string epoch) = Of(pending.Hub);
                if (hub is null || epoch.Length == 0)
                {
                    pending.Receipt?.Failed();
                }
                else
                {
                    Write(hub.Keys, epoch, pending);
                    _sent.Add((hub, epoch, pending));
                }
            }

            if (_sent.Count > 0)
            {
                _connection!.Send();
            }

            while (answered < _sent.Count)
            {
                RespValue reply = _connection!.Read();
                (RedisHub hub, string epoch, Pending pending) = _sent[answered++];
                Tell(hub, epoch, pending, reply);
            }

            _server.ReportRefusal(null);
        }
        catch (RedisException fault)
        {
            Break(fault);
            foreach ((_, _, Pending pending) in _sent[answered..])
            {
                pending.Receipt?.Failed();
            }
        }
    }

    private (RedisHub? Hub, string Epoch) Of(string name)
    {
        lock (_server.Lock)
        {
            return _server.Find(name) is { } hub ? (hub, hub.Epoch) : (null, "");
        }
    }

    private void Write(HubKeys keys, string epoch, in Pending pending)
    {
        if (pending.Draft is not { } draft)
        {
            _connection!.Write(["HMGET", keys.Hash, "epoch", "next"]);
            return;
        }

        HistoryLimit limit = pending.History;
        _connection!.Begin(14);
        foreach (string word in (ReadOnlySpan<string>)
            [
                "EVALSHA", _script, "3", keys.Hash, keys.Stream(epoch), keys.Ids(epoch),
                epoch, draft.Id ?? "", Text(pending.Now), Text(Math.Max(limit.Count, LeastMessages)), Text(Math.Max(limit.Age, LeastAge)), Text(limit.Bytes),
                Convert.ToHexString(RandomNumberGenerator.GetBytes(8)),
            ])
        {
            _connection.Add(Encoding.UTF8.GetBytes(word));
        }

        _connection.Add(StoredDraft.Write(draft));
    }

    private void Tell(RedisHub hub, string epoch, in Pending pending, RespValue reply)
    {
        if (reply.IsError)
        {
            // Out of memory, no master, scripts forgotten: the connection begins anew.
            pending.Receipt?.Failed();
            reply.Checked();
        }

        // Of a question, the last place that there is.
        long place = pending.Draft is not null ? reply.Number : reply[0].Text == epoch ? reply[1].Number - 1 : NoEpoch;
        if (pending.Receipt is not { } receipt)
        {
            return;
        }

        lock (_server.Lock)
        {
            if (place == NoEpoch)
            {
                if (hub.Epoch == epoch)
                {
                    hub.Forget();
                }

                receipt.Failed();
            }
            else
            {
                hub.Stored(epoch, place, pending.Draft is { } draft ? draft.Id ?? new LivePosition(epoch, place).ToString() : "", receipt);
            }
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private void Break(RedisException fault)
    {
        _connection?.Dispose();
        _connection = null;
        _tryAgainAt = Environment.TickCount64 + _backoff.Next();

        // That it cannot be reached is found, and said, by who reads.
        if (fault.IsAnswer)
        {
            _server.ReportRefusal(fault.Message);
        }
    }
}
