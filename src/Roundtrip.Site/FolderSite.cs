using System.Runtime.CompilerServices;
using Roundtrip.Http;
using Roundtrip.Site.Files;
using Roundtrip.Transport;
using Roundtrip.Transport.Files;

namespace Roundtrip.Site;

/// <summary>
/// Serves a folder's files on one loop. A request for a hot file is answered at once, from memory; one that takes the disk waits for a <see cref="LoadQueue"/>.
/// </summary>
public sealed class FolderSite : IExchangeStarter, IDisposable
{
    internal const string Allowed = "GET, HEAD, OPTIONS";

    // A hot file is looked at again when it was last looked at so many milliseconds ago. A changed file is stale for at most a second, of which
    // the rest is for the loop's clock, which stands still within a batch of events.
    private const int FreshFor = 900;

    private static readonly FieldBlock OptionsFields = FieldBlock.Create(("Allow", Allowed));

    private readonly EventLoop _loop;
    private readonly FileRoot _root;
    private readonly ResourceLoader _loader;
    private readonly HotFiles _hot;
    private readonly LoadQueue _loads;
    private long _balancedAt;

    /// <exception cref="TransportException">The folder cannot be served; the message says why.</exception>
    public FolderSite(FolderSiteOptions options, EventLoop loop, SharedCacheBudget budget)
    {
        _loop = loop;
        _root = FileRoot.Open(options.Folder, options.Symlinks);
        _loader = new ResourceLoader(_root, options);
        _hot = new HotFiles(budget, options.MaximumOpenFiles);
        _loads = new LoadQueue(_loader, loop, OnLoaded, options.Report);
    }

    internal HotFiles Hot => _hot;

    internal LoadQueue Loads => _loads;

    private long UnixSeconds => _loop.UnixMilliseconds / 1000;

    public void Start(Exchange exchange)
    {
        RequestHead request = exchange.Request;
        if (request.Method is not (Method.Get or Method.Head))
        {
            AnswerOtherMethod(exchange);
            return;
        }

        // A path without '%' that is the key of a hot file is that file's: keys have no segments that would be taken out of it.
        ReadOnlySpan<byte> raw = request.Path;
        if (!raw.Contains((byte)'%') && _hot.Find(raw) is { } hot)
        {
            Serve(exchange, hot);
        }
        else
        {
            Resolve(exchange, raw);
        }
    }

    /// <summary>Forgets the hot files. The loop has ended, or serves this site no more.</summary>
    public void Dispose()
    {
        _hot.Dispose();
        _root.Dispose();
    }

    private static void AnswerOtherMethod(Exchange exchange)
    {
        if (exchange.Request.Method == Method.Options)
        {
            exchange.Respond(200, OptionsFields, 0);
            exchange.Complete();
        }
        else
        {
            // RFC 9110 §15.6.2, §15.5.6: what the server knows for no address at all is 501; what it knows and a file does not allow is 405, with Allow.
            ErrorPages.Answer(exchange, exchange.Request.Method == Method.Other ? 501 : 405);
        }
    }

    [SkipLocalsInit]
    private void Resolve(Exchange exchange, ReadOnlySpan<byte> raw)
    {
        Span<byte> scratch = stackalloc byte[UrlPath.MaximumLength];
        UrlPathResult result = UrlPath.TryResolve(raw, scratch, out UrlPath path);
        if (result != UrlPathResult.Ok)
        {
            ErrorPages.Answer(exchange, result switch
            {
                UrlPathResult.EncodedSlash => 404,
                UrlPathResult.TooLong => 414,
                _ => 400,
            });
        }
        else if (_hot.Find(path.Bytes) is { } hot)
        {
            Serve(exchange, hot);
        }
        else
        {
            LoadAndServe(exchange, path.Bytes);
        }
    }

    private void Serve(Exchange exchange, HotFile hot)
    {
        if (_loop.Now - hot.CheckedAt < FreshFor && (hot.Resource.OpenFiles == 0 || hot.Resource.HasUnchangedFiles()))
        {
            FileAnswer.Answer(exchange, hot.Resource, hot.Path, UnixSeconds);
            return;
        }

        if (TryRenew(exchange, hot))
        {
            FileAnswer.Answer(exchange, hot.Resource, hot.Path, UnixSeconds);
        }

        Balance();
    }

    /// <returns>Whether the file is as it was. If not, the exchange is taken care of.</returns>
    private bool TryRenew(Exchange exchange, HotFile hot)
    {
        if (_loads.TryJoin(hot.Path, exchange))
        {
            return false;
        }

        switch (hot.Resource.Check(_root, mayWait: false))
        {
            case FactCheck.Holds:
                hot.CheckedAt = _loop.Now;
                return true;
            case FactCheck.Fails:
                _hot.Remove(hot);
                LoadAndServe(exchange, hot.Path);
                return false;
            default:
                _loads.Begin(hot.Path, hot.Resource, exchange);
                return false;
        }
    }

    private void LoadAndServe(Exchange exchange, ReadOnlySpan<byte> path)
    {
        if (_loads.TryJoin(path, exchange))
        {
            return;
        }

        Resource? found = _loader.TryLoad(path, _loop.UnixMilliseconds, mayWait: false);
        if (found is null)
        {
            _loads.Begin(path.ToArray(), null, exchange);
            return;
        }

        Keep(path, found, _loop.Now);
        FileAnswer.Answer(exchange, found, path, UnixSeconds);
        found.ReleaseReference();
    }

    private void OnLoaded(Load load)
    {
        Resource found = load.Found!;
        bool isNew = !ReferenceEquals(found, load.Known);
        if (isNew)
        {
            Keep(load.Path, found, load.Begun);
        }
        else if (_hot.Find(load.Path) is { } hot && ReferenceEquals(hot.Resource, found))
        {
            hot.CheckedAt = load.Begun;
        }

        foreach (Exchange exchange in load.StillWaiting())
        {
            FileAnswer.Answer(exchange, found, load.Path, UnixSeconds);
        }

        if (isNew)
        {
            found.ReleaseReference();
        }
    }

    // What is no file is not kept: a new file is there at once.
    private void Keep(ReadOnlySpan<byte> path, Resource found, long checkedAt)
    {
        if (found.IsFile)
        {
            _hot.Add(path, found, checkedAt);
        }
        else if (_hot.Find(path) is { } former)
        {
            _hot.Remove(former);
        }

        Balance();
    }

    private void Balance()
    {
        if (_loop.Now - _balancedAt >= FreshFor)
        {
            _balancedAt = _loop.Now;
            _hot.Balance();
        }
    }
}
