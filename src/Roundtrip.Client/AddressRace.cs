using System.Net;
using System.Net.Sockets;
using Roundtrip.Core;
using Roundtrip.Transport;

namespace Roundtrip.Client;

/// <summary>
/// Connects to whichever address of a host answers first (RFC 8305): they begin one after the other, a delay apart or when one has failed, of both families in turn. The first that connects wins,
/// and the others are given up.
/// </summary>
internal sealed class AddressRace(ConnectionPool pool, Origin origin, IPAddress[] addresses, IConnectObserver observer) : TimerEntry
{
    private readonly IPAddress[] _addresses = [.. Interleave(addresses).Take(pool.Options.MostAddresses)];
    private readonly List<Runner> _running = [];
    private int _next;
    private EndReason _reason = EndReason.NameNotFound;
    private string _detail = EndReasons.Describe(EndReason.NameNotFound);

    /// <summary>RFC 8305 section 4: the family of the first address begins, and the other follows in turn; within each the order stays.</summary>
    public static IEnumerable<IPAddress> Interleave(IReadOnlyList<IPAddress> addresses)
    {
        AddressFamily family = addresses.Count > 0 ? addresses[0].AddressFamily : default;
        IPAddress[] first = [.. addresses.Where(address => address.AddressFamily == family)];
        IPAddress[] second = [.. addresses.Where(address => address.AddressFamily != family)];
        for (int i = 0; i < Math.Max(first.Length, second.Length); i++)
        {
            foreach (IPAddress[] side in (IPAddress[][])[first, second])
            {
                if (i < side.Length)
                {
                    yield return side[i];
                }
            }
        }
    }

    /// <summary>Begins. The observer may be told within, where no address can even be tried.</summary>
    public void Begin() => BeginNext();

    public void Cancel()
    {
        pool.Loop.Timers.Cancel(this);
        _running.ForEach(static runner => runner.Pending.Cancel());
        _running.Clear();
    }

    protected override void OnDue(long now) => BeginNext();

    private void BeginNext()
    {
        pool.Loop.Timers.Cancel(this);
        while (_next < _addresses.Length)
        {
            var address = PeerAddress.From(_addresses[_next++], origin.Port);
            pool.Options.Observer?.Connecting(origin, address);
            var runner = new Runner(this, address);
            try
            {
                runner.Pending = pool.Loop.Connect(address, pool.Loop.Now + pool.Options.ConnectTimeout, runner);
            }
            catch (TransportException fault)
            {
                Note(address, EndReason.ConnectFailed, fault.Message);
                continue;
            }

            _running.Add(runner);
            if (_next < _addresses.Length)
            {
                pool.Loop.Timers.Schedule(this, pool.Loop.Now + pool.Options.AddressDelay);
            }

            return;
        }

        if (_running.Count == 0)
        {
            observer.ConnectFailed(_reason, _detail);
        }
    }

    private void Won(Runner runner, TransportConnection connection)
    {
        _running.Remove(runner);
        Cancel();
        observer.Connected(connection);
    }

    private void Lost(Runner runner, EndReason reason, string detail)
    {
        _running.Remove(runner);
        Note(runner.Address, reason, detail);
        BeginNext();
    }

    private void Note(PeerAddress address, EndReason reason, string detail)
    {
        (_reason, _detail) = (reason, detail);
        pool.Options.Observer?.AddressFailed(address, detail);
    }

    private sealed class Runner(AddressRace race, PeerAddress address) : IConnectObserver
    {
        public PeerAddress Address => address;

        public IPendingConnection Pending { get; set; } = null!;

        public void Connected(TransportConnection connection) => race.Won(this, connection);

        public void ConnectFailed(EndReason reason, string detail) => race.Lost(this, reason, detail);
    }
}
