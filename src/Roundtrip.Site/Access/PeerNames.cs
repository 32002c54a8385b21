using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Site.Files;
using Roundtrip.Transport;

namespace Roundtrip.Site.Access;

/// <summary>
/// The names that rules of one loop ask for: kept for a while, looked up on the thread pool, a bounded number at a time and in waiting. An exchange that needs one waits, and is then answered anew.
/// What fails, takes too long or finds no room is a failure, and denies.
/// </summary>
/// <param name="goOn">Answers an exchange whose question has been answered.</param>
internal sealed class PeerNames(EventLoop loop, INameSource source, Action<Exchange, Resource> goOn) : IExchangeHandler
{
    /// <summary>Lookups on the thread pool at a time: a resolver that hangs must not take all of its threads.</summary>
    public const int MaximumRunning = 8;

    /// <summary>Exchanges that wait.</summary>
    public const int MaximumWaiting = 1024;

    public const int MaximumKept = 4096;

    /// <summary>How long an answer counts, and how long a failure does, in milliseconds.</summary>
    public const int FreshFor = 60_000, FailureFor = 5_000;

    /// <summary>How long an exchange waits for one lookup, in milliseconds.</summary>
    public const int Patience = 10_000;

    private readonly Dictionary<NameQuestion, (NameAnswer Answer, long Until)> _kept = [];
    private readonly Dictionary<NameQuestion, Lookup> _lookups = [];
    private readonly Queue<Lookup> _next = new();
    private int _waiting;

    public string Name => "names";

    public EventLoop Loop => loop;

    public int Running { get; private set; }

    public int Kept => _kept.Count;

    /// <returns>Null where it has to be looked up.</returns>
    public NameAnswer? Find(NameQuestion question) =>
        _kept.TryGetValue(question, out var kept) && loop.Now < kept.Until ? kept.Answer : null;

    /// <summary>Has an exchange wait, while it holds the resource by a reference.</summary>
    /// <returns>False where too many wait: the question is a failure for this exchange.</returns>
    public bool TryWait(Exchange exchange, NameQuestion question, Resource resource)
    {
        if (_waiting >= MaximumWaiting)
        {
            return false;
        }

        if (!_lookups.TryGetValue(question, out Lookup? lookup))
        {
            lookup = new Lookup(this, question);
            _lookups.Add(question, lookup);
            loop.Timers.Schedule(lookup, loop.Now + Patience);
            _next.Enqueue(lookup);
            RunNext();
        }

        _waiting++;
        resource.AddReference();
        exchange.Handler = this;
        lookup.Waiting.Add((exchange, exchange.Generation, resource));
        return true;
    }

    // The lookup goes on without the exchange: its place is free again when that ends.
    public void OnAborted(Exchange exchange, EndReason reason)
    {
    }

    public void OnBodyReadable(Exchange exchange)
    {
    }

    public void OnWritable(Exchange exchange)
    {
    }

    private void RunNext()
    {
        while (Running < MaximumRunning && _next.TryDequeue(out Lookup? lookup))
        {
            if (!lookup.IsOver)
            {
                Running++;
                ThreadPool.UnsafeQueueUserWorkItem(lookup, preferLocal: false);
            }
        }
    }

    private void End(Lookup lookup, NameAnswer answer)
    {
        loop.Timers.Cancel(lookup);
        _lookups.Remove(lookup.Question);
        Keep(lookup.Question, answer);
        _waiting -= lookup.Waiting.Count;
        foreach ((Exchange exchange, uint generation, Resource resource) in lookup.Waiting)
        {
            if (exchange.Generation == generation && exchange.EndReason == EndReason.None)
            {
                goOn(exchange, resource);
            }

            resource.ReleaseReference();
        }
    }

    private void Keep(NameQuestion question, NameAnswer answer)
    {
        if (_kept.Count >= MaximumKept)
        {
            foreach (NameQuestion old in _kept.Where(pair => pair.Value.Until <= loop.Now).Select(pair => pair.Key).ToList())
            {
                _kept.Remove(old);
            }

            // All are in use: it is not worth knowing which of them is the oldest.
            if (_kept.Count >= MaximumKept)
            {
                _kept.Clear();
            }
        }

        _kept[question] = (answer, loop.Now + (answer.IsFailure ? FailureFor : FreshFor));
    }

    private NameAnswer LookUp(NameQuestion question)
    {
        if (question.Name is { } asked)
        {
            return new NameAnswer(asked, AddressesOf(asked), false);
        }

        // A name that is an address, or that does not lead back to the client, says nothing.
        string? name = source.NameOf(question.Address.ToIPAddress())?.TrimEnd('.');
        return string.IsNullOrEmpty(name) || IPAddress.TryParse(name, out _) || !AddressesOf(name).Any(address => address.Bits == question.Address.Bits)
            ? NameAnswer.Nothing
            : new NameAnswer(name, [], false);
    }

    private ImmutableArray<PeerAddress> AddressesOf(string name) => [.. source.AddressesOf(name).Select(address => PeerAddress.From(address, 0))];

    /// <summary>One lookup: begun on its loop, made on the thread pool, ended on its loop; or by the clock, when the pool's answer comes to nothing.</summary>
    private sealed class Lookup(PeerNames names, NameQuestion question) : TimerEntry, IThreadPoolWorkItem, ILoopWork
    {
        private NameAnswer _answer = NameAnswer.Failed;

        public NameQuestion Question => question;

        public List<(Exchange Exchange, uint Generation, Resource Resource)> Waiting { get; } = [];

        public bool IsOver { get; private set; }

        void IThreadPoolWorkItem.Execute()
        {
            try
            {
                _answer = names.LookUp(question);
            }
            catch (Exception fault) when (fault is SocketException or ArgumentException)
            {
                // It could not be found out (or the name is none that can be asked for): the answer stays a failure, and denies.
                _answer = NameAnswer.Failed;
            }

            names.Loop.Post(this);
        }

        void ILoopWork.Run()
        {
            names.Running--;
            End(_answer);
            names.RunNext();
        }

        protected override void OnDue(long now) => End(NameAnswer.Failed);

        private void End(NameAnswer answer)
        {
            if (!IsOver)
            {
                IsOver = true;
                names.End(this, answer);
            }
        }
    }
}
