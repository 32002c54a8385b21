using System.Runtime.CompilerServices;
using System.Text;
using Roundtrip.Configuration.VirtualHosts;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Server;
using Roundtrip.Site.Access;
using Roundtrip.Site.AccessLog;
using Roundtrip.Site.Cors;
using Roundtrip.Site.Files;
using Roundtrip.Site.Programs;
using Roundtrip.Site.Variables;
using Roundtrip.Transport;

namespace Roundtrip.Site.Serving;

/// <summary>
/// A snapshot on one loop: finds the host and the resource of each exchange and has it answered. A request for a hot file is answered at once, from memory; one that takes the disk waits
/// for a <see cref="LoadQueue"/>.
/// </summary>
internal sealed class SiteLoop : IExchangeStarter, IExchangeObserver, IDisposable
{
    // A hot file is looked at again when it was last looked at so many milliseconds ago. A changed file is stale for at most a second, of which
    // the rest is for the loop's clock, which stands still within a batch of events.
    private const int FreshFor = 900;

    // A machine has a few addresses; one whose whole prefix leads to it would have no end of them.
    private const int MaximumAddresses = 1024;

    private readonly SiteSnapshot _snapshot;
    private readonly EventLoop _loop;
    private readonly ResourceLoader _loader;
    private readonly HostLoop?[] _hosts;
    private readonly Responder _responder;
    private readonly Preflights _preflights;
    private readonly LoopLogs _logs;

    // Of an address's connections without a server name.
    private readonly Dictionary<PeerAddress, ConnectionHosts> _byAddress = [];
    private bool _hasEnded;

    public SiteLoop(SiteSnapshot snapshot, EventLoop loop)
    {
        (_snapshot, _loop) = (snapshot, loop);
        _loader = new ResourceLoader(snapshot.Roots);
        _hosts = new HostLoop?[snapshot.Hosts.Count];
        _responder = new Responder(this);
        _preflights = new Preflights(this);
        Pages = new PageQueue(loop);
        Programs = new ProgramHandlers(this);
        Names = new PeerNames(loop, snapshot.Services.Names, _responder.Answer);
        _logs = new LoopLogs(snapshot, loop);
        snapshot.Joined();
    }

    public bool WantsTimestamps => _logs.NeedsTimestamps;

    public bool WantsTrailers => _logs.NeedsTrailers;

    internal long UnixSeconds => _loop.UnixMilliseconds / 1000;

    /// <summary>Pages that are made for one request each.</summary>
    internal PageQueue Pages { get; }

    /// <summary>What computes answers.</summary>
    internal ProgramHandlers Programs { get; }

    internal EventLoop Loop => _loop;

    internal SiteSnapshot Snapshot => _snapshot;

    /// <summary>The names of clients and hosts that rules of access ask for.</summary>
    internal PeerNames Names { get; }

    /// <summary>What the main server has on this loop.</summary>
    internal HostLoop FirstHost => LoopOf(_snapshot.Hosts[0]);

    public void Start(Exchange exchange)
    {
        HostLoop host = HostOf(exchange);
        if (_snapshot.HasSeveralLimits)
        {
            exchange.UseLimits(LimitsOf(exchange.Connection, host.Host));
        }

        if (_snapshot.HasSeveralTlsTerms && IsMisdirected(exchange.Connection, host.Host))
        {
            _responder.AnswerUnmapped(exchange, host.Host, 421);
            return;
        }

        if (exchange.Request.Method == Method.Options && _preflights.TryAnswer(exchange, host.Host))
        {
            return;
        }

        host.Hints?.Began(exchange);

        // A path without '%' that is the key of a hot file is that file's: keys have no segments that would be taken out of it.
        ReadOnlySpan<byte> raw = exchange.Request.Path;
        if (!raw.Contains((byte)'%') && host.Hot.Find(raw) is { } hot)
        {
            Serve(host, exchange, hot);
        }
        else
        {
            Resolve(host, exchange, raw);
        }
    }

    public void Unanswered(Exchange exchange) => LoopOf(ServingHostOf(exchange)).Hints?.Unanswered(exchange);

    public void Refusing(Exchange exchange) => CorsFields.AddToRefusal(exchange, ServingHostOf(exchange));

    public void Ended(Exchange exchange)
    {
        SiteHost host = ServingHostOf(exchange);
        LoopOf(host).Hints?.Ended(exchange);
        _logs.Write(exchange, host);
    }

    public ErrorLog LogOf(IConnectionHost connection, Exchange? exchange) => (exchange is not null ? ServingHostOf(exchange) : HostOf(connection)).ErrorLog;

    public HttpLimits? LimitsOf(IConnectionHost connection) => _snapshot.HasSeveralLimits ? LimitsOf(connection, null) : null;

    public void EndOfBatch(long now) => _logs.EndOfBatch(now);

    public void EndOfLoop() => _logs.EndOfLoop();

    /// <summary>Forgets the hot files. The loop has ended, or serves this site no more.</summary>
    public void Dispose()
    {
        _hasEnded = true;
        foreach (HostLoop? host in _hosts)
        {
            host?.Dispose();
        }

        _snapshot.Left();
    }

    /// <summary>
    /// The resource of another path of the host, for an error document: what is hot, or what can be had without waiting; otherwise null. The caller has a reference, and releases it.
    /// </summary>
    internal Resource? FindNow(SiteHost of, ReadOnlySpan<byte> path)
    {
        HostLoop host = LoopOf(of);
        if (host.Hot.Find(path) is { } hot && (_loop.Now - hot.CheckedAt < FreshFor || hot.Resource.Check(mayWait: false) == FactCheck.Holds))
        {
            hot.Resource.AddReference();
            return hot.Resource;
        }

        Resource? found = _loader.TryLoad(of, path, _loop.UnixMilliseconds, mayWait: false, compresses: false);
        if (found is null)
        {
            return null;
        }

        // One that was not compressed, and should be, makes no place for itself.
        if (!found.IsFile || !found.Plain.IsToBeCompressed)
        {
            Keep(host, path, found, _loop.Now);
        }

        return found;
    }

    /// <summary>Answers with a status and its ErrorDocument, for who finds that there is no other answer.</summary>
    internal void AnswerStatus(Exchange exchange, ResourceAbout about, int status) => _responder.AnswerStatus(exchange, about, status);

    /// <summary>Has an exchange answered with what a path of a host names.</summary>
    internal void Begin(Exchange exchange, SiteHost of, ReadOnlySpan<byte> path)
    {
        HostLoop host = LoopOf(of);
        if (host.Hot.Find(path) is { } hot)
        {
            Serve(host, exchange, hot);
        }
        else
        {
            LoadAndServe(host, exchange, path);
        }
    }

    /// <summary>Answers from another path of the host, as a program asks for it.</summary>
    internal void AnswerElsewhere(Exchange exchange, ResourceAbout from, string target) => _responder.AnswerElsewhere(exchange, from, target);

    /// <summary>What the configuration says of a path of a host, without a look at the disk; null for what is no path.</summary>
    [SkipLocalsInit]
    internal static ResourceAbout? AboutOf(SiteHost host, ReadOnlySpan<byte> raw)
    {
        Span<byte> scratch = stackalloc byte[UrlPath.MaximumLength];
        return UrlPath.TryResolve(raw, scratch, out UrlPath path) == UrlPathResult.Ok ? ResourceLoader.AboutOf(host, path.Bytes) : null;
    }

    /// <summary>What the host's SetEnvIf rules make of a request.</summary>
    internal VariableOutcome VariablesOf(SiteHost host, RequestHead request, Exchange exchange) =>
        LoopOf(host).Variables.Find(request, exchange, static e => e.Context as RequestFacts ?? RequestFacts.Of(e, (ResourceAbout)e.Context!));

    // RFC 9110 §15.5.20, RFC 9113 §9.1.2: a client may use its connection to one host for another that the certificate names. Where that host's connections are made by other terms, it must make one.
    // Without a server name there is nothing to compare, as in mod_ssl.
    private bool IsMisdirected(IConnectionHost connection, SiteHost host) =>
        connection.IsSecure && connection.ServerName is { Length: > 0 } && HostOf(connection).TlsTerms != host.TlsTerms;

    /// <param name="request">The host of a request; null for the connection's limits before there is one.</param>
    private HttpLimits LimitsOf(IConnectionHost connection, SiteHost? request)
    {
        SiteHost own = HostOf(connection);
        return HostsFor(connection).Limits.Of(own, request ?? own);
    }

    private SiteHost HostOf(IConnectionHost connection) => _hosts.Length == 1 ? _snapshot.Hosts[0] : HostsFor(connection).Own;

    private HostLoop HostOf(Exchange exchange) => LoopOf(HostFor(exchange.Connection, exchange.Request.Authority));

    // The host that was found for it; for what was refused before that, the one that would have been.
    private SiteHost ServingHostOf(Exchange exchange) => exchange.Context switch
    {
        ResourceAbout about => about.Host,
        RequestFacts facts => facts.Host,
        _ => HostFor(exchange.Connection, exchange.Request.Authority),
    };

    private SiteHost HostFor(IConnectionHost connection, ReadOnlySpan<byte> authority) =>
        _hosts.Length == 1 ? _snapshot.Hosts[0] : _snapshot.HostOf(HostsFor(connection).Table.Find(authority));

    // The address at which a connection came is asked of the kernel once, and the host of its TLS looked up once: the name is there from the handshake on, and the same object each time.
    private ConnectionHosts HostsFor(IConnectionHost connection)
    {
        string? name = connection.ServerName;
        if (connection.SiteState is not ConnectionHosts hosts || hosts.Site != this || !ReferenceEquals(hosts.ServerName, name))
        {
            hosts = HostsOf(connection.Local);
            connection.SiteState = hosts = name is null ? hosts : hosts with { ServerName = name, Own = _snapshot.HostOf(hosts.Table.Find(Encoding.ASCII.GetBytes(name))) };
        }

        return hosts;
    }

    private ConnectionHosts HostsOf(PeerAddress local)
    {
        if (!_byAddress.TryGetValue(local, out ConnectionHosts? hosts))
        {
            HostTable table = _snapshot.TableOf(local);
            SiteHost first = _snapshot.HostOf(table.Default);
            hosts = new ConnectionHosts(this, table, new AddressLimits(first), null, first);
            if (_byAddress.Count == MaximumAddresses)
            {
                _byAddress.Clear();
            }

            _byAddress.Add(local, hosts);
        }

        return hosts;
    }

    private HostLoop LoopOf(SiteHost host) => _hosts[host.Index] ??= new HostLoop(this, host, _loop, _loader, _snapshot.Services, OnLoaded);

    [SkipLocalsInit]
    private void Resolve(HostLoop host, Exchange exchange, ReadOnlySpan<byte> raw)
    {
        Span<byte> scratch = stackalloc byte[UrlPath.MaximumLength];
        UrlPathResult result = UrlPath.TryResolve(raw, scratch, out UrlPath path);
        if (result != UrlPathResult.Ok)
        {
            _responder.AnswerUnmapped(exchange, host.Host, result switch
            {
                UrlPathResult.EncodedSlash => 404,
                UrlPathResult.TooLong => 414,
                _ => 400,
            });
        }
        else
        {
            Begin(exchange, host.Host, path.Bytes);
        }
    }

    private void Serve(HostLoop host, Exchange exchange, HotFile hot)
    {
        if (_loop.Now - hot.CheckedAt < FreshFor && (hot.Resource.OpenFiles == 0 || hot.Resource.HasUnchangedFiles()))
        {
            _responder.Answer(exchange, hot.Resource);
            return;
        }

        if (TryRenew(host, exchange, hot))
        {
            Resource resource = hot.Resource;
            resource.AddReference();
            host.Hot.KeepContents(hot);
            _responder.Answer(exchange, resource);
            resource.ReleaseReference();
        }

        Balance(host);
    }

    /// <returns>Whether the file is as it was. If not, the exchange is taken care of.</returns>
    private bool TryRenew(HostLoop host, Exchange exchange, HotFile hot)
    {
        if (host.Loads.TryJoin(hot.Path, exchange))
        {
            return false;
        }

        switch (hot.Resource.Check(mayWait: false))
        {
            case FactCheck.Holds:
                hot.CheckedAt = _loop.Now;
                return true;
            case FactCheck.Fails:
                host.Hot.Remove(hot);
                LoadAndServe(host, exchange, hot.Path);
                return false;
            default:
                host.Loads.Begin(hot.Path, hot.Resource, exchange);
                return false;
        }
    }

    private void LoadAndServe(HostLoop host, Exchange exchange, ReadOnlySpan<byte> path)
    {
        if (host.Loads.TryJoin(path, exchange))
        {
            return;
        }

        Resource? found = _loader.TryLoad(host.Host, path, _loop.UnixMilliseconds, mayWait: false);
        if (found is null)
        {
            host.Loads.Begin(path.ToArray(), null, exchange);
            return;
        }

        Keep(host, path, found, _loop.Now);
        _responder.Answer(exchange, found);
        found.ReleaseReference();
    }

    private void OnLoaded(Load load)
    {
        HostLoop host = LoopOf(load.Host);
        Resource found = load.Found!;
        bool isNew = !ReferenceEquals(found, load.Known);
        if (isNew)
        {
            Keep(host, load.Path, found, load.Begun);
        }
        else if (host.Hot.Find(load.Path) is { } hot && ReferenceEquals(hot.Resource, found))
        {
            hot.CheckedAt = load.Begun;
            host.Hot.KeepContents(hot);
        }

        foreach (Exchange exchange in load.StillWaiting())
        {
            _responder.Answer(exchange, found);
        }

        if (isNew)
        {
            found.ReleaseReference();
        }
    }

    private void Keep(HostLoop host, ReadOnlySpan<byte> path, Resource found, long checkedAt)
    {
        // A load may end after the last exchange, and with it the site, has.
        if (_hasEnded)
        {
            return;
        }

        if (found.IsKept)
        {
            host.Hot.Add(path, found, checkedAt);
        }
        else if (host.Hot.Find(path) is { } former)
        {
            host.Hot.Remove(former);
        }

        Balance(host);
    }

    private void Balance(HostLoop host)
    {
        if (_loop.Now - host.BalancedAt >= FreshFor)
        {
            host.BalancedAt = _loop.Now;
            host.Hot.Balance();
        }
    }

    /// <summary>What a connection remembers of hosts. Those of one address that have no server name share it.</summary>
    /// <param name="Table">The hosts of its address.</param>
    /// <param name="Own">The host that TLS's server name chose; without one the first of the address.</param>
    private sealed record ConnectionHosts(SiteLoop Site, HostTable Table, AddressLimits Limits, string? ServerName, SiteHost Own);
}
