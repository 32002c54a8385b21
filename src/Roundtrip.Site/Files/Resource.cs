using Roundtrip.Http;
using Roundtrip.Site.Access;
using Roundtrip.Site.Directories;
using Roundtrip.Site.Programs;
using Roundtrip.Site.Serving;
using Roundtrip.Transport.Files;

namespace Roundtrip.Site.Files;

/// <summary>What a path names: a file in its representations, a listing, a redirect, or the status that is the answer. Owned by one loop, which counts references.</summary>
internal sealed class Resource
{
    private readonly Representation[] _representations;
    private readonly PathFact[] _facts;
    private readonly long _memory;
    private int _references = 1;

    /// <param name="representations">Encoded ones in the order in which they are preferred, then the file itself.</param>
    /// <param name="isRacy">Whether it has to be loaded anew rather than checked; see <see cref="Representation.IsRacy"/>.</param>
    public Resource(ResourceAbout about, Representation[] representations, PathFact[] facts, bool isRacy)
    {
        (About, _representations, _facts, IsRacy) = (about, representations, facts, isRacy);
        foreach (Representation representation in representations)
        {
            _memory += Overhead + (representation.Content?.Length ?? 0);
            OpenFiles += representation.File is null ? 0 : 1;
        }
    }

    private Resource(ResourceAbout about, int status) => (About, _representations, _facts, Status) = (about, [], [], status);

    private Resource(ResourceAbout about, Script script, PathFact[] facts) => (About, _representations, _facts, Script, _memory) = (about, [], facts, script, ScriptOverhead);

    // What a representation takes beside its content: three blocks of fields, its facts, its place in the table.
    private const int Overhead = 2048;
    private const int ScriptOverhead = 4096;

    /// <summary>What the configuration says of it.</summary>
    public ResourceAbout About { get; private init; }

    /// <summary>The URL to which a redirect leads; null for the path with a slash behind it.</summary>
    public string? Target { get; private init; }

    /// <summary>The program that computes the answer.</summary>
    public Script? Script { get; }

    /// <summary>The status that is the answer; 0 for a file or a program.</summary>
    public int Status { get; }

    /// <summary>What a directory holds that is listed.</summary>
    public Listing? Listing { get; private init; }

    /// <summary>Whether it is a directory of which nothing is shown.</summary>
    public bool IsUnlisted { get; private init; }

    /// <summary>The file itself, without a coding. There is one where <see cref="IsFile"/>.</summary>
    public Representation Plain => _representations[^1];

    public bool IsFile => Status == 0 && Script is null;

    /// <summary>Whether it may be kept, to be looked at again rather than loaded. What is no file or program is not: a new file is there at once.</summary>
    public bool IsKept => Status == 0;

    public bool IsRacy { get; }

    /// <summary>What it is charged in a cache, in bytes.</summary>
    public long Memory => _memory + _representations.Sum(representation => (long)(representation.File?.Content?.Length ?? 0));

    /// <summary>How many descriptors it holds.</summary>
    public int OpenFiles { get; }

    public static Resource OfStatus(ResourceAbout about, int status) => new(about, status);

    /// <summary>What may not be sent as it lies on the disk, as <see cref="ResourceAbout.IsGuarded"/> says: 501, whatever is there. Null for all else.</summary>
    public static Resource? OfGuarded(ResourceAbout about) => !about.IsGuarded ? null
        // What a directive that is not built says nobody knows: it is not said to be forbidden either.
        : OfStatus(about.IsGuardedByDirective ? about with { Access = AccessRule.Granted, Outer = AccessRule.Granted } : about, 501);

    /// <param name="status">What it is answered with.</param>
    public static Resource OfUnlisted(ResourceAbout about, int status) => new(about, status) { IsUnlisted = true };

    public static Resource OfScript(ResourceAbout about, Script script, PathFact[] facts) => new(about, script, facts);

    public static Resource OfListing(Listing listing) => new(listing.About, 200) { Listing = listing };

    public static Resource OfRedirect(ResourceAbout about, int status, string? target) => new(about, status) { Target = target };

    /// <summary>
    /// The same content by another word of the configuration: for an index file, which its directory must grant too, and for a request that If sections apply to. It shares the files and
    /// references of this one, and is to be used in its place or while it is held. What that word guards is no content any more; a redirect
    /// comes before a handler.
    /// </summary>
    public Resource With(ResourceAbout about) => (about.IsGuardedByDirective || Status is not (>= 300 and < 400) ? OfGuarded(about) : null) ?? (
        Status == 0 && about.IsProgram ? new Resource(about, Script ?? Plain.AsScript(about), _facts)

        // A program that is to be sent as it lies on the disk was not read: nobody may see its text by mistake.
        : Script is not null ? new Resource(about, 404)
        : !IsFile ? new Resource(about, Status) { IsUnlisted = IsUnlisted, Listing = Listing is null ? null : Listing with { About = about }, Target = Target }
        : new Resource(about, ReferenceEquals(about.Settings, About.Settings) ? _representations : Array.ConvertAll(_representations, r => r.With(about.Settings)), _facts, IsRacy));

    /// <summary>The representation for a request: RFC 9110 section 12.5.3.</summary>
    /// <param name="facts">What is known of the request beside it; null where nothing sets variables that forbid a coding.</param>
    public Representation Select(RequestHead request, RequestFacts? facts = null)
    {
        Representation chosen = _representations[^1];
        if (_representations.Length == 1)
        {
            return chosen;
        }

        var accept = AcceptEncoding.Of(request);
        int best = accept.Weight(ContentCoding.Identity);
        for (int i = _representations.Length - 2; i >= 0; i--)
        {
            // Of equal weights the one further to the front wins. Where nothing is acceptable, not even identity, identity is what is sent.
            int weight = accept.Weight(_representations[i].Coding);
            if (weight > 0 && weight >= best && (facts is null || IsAllowed(_representations[i], facts)))
            {
                (chosen, best) = (_representations[i], weight);
            }
        }

        return chosen;
    }

    // mod_deflate and mod_brotli: variables by which a configuration spares clients that decode wrongly.
    private static bool IsAllowed(Representation representation, RequestFacts facts) => !facts.Environment.ContainsKey(representation.Coding switch
    {
        ContentCoding.Brotli => "no-brotli",
        ContentCoding.Zstandard => "no-zstd",
        _ => "no-gzip",
    }) && (!facts.Environment.ContainsKey("gzip-only-text/html") || representation.ContentType.StartsWith("text/html", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether it is still what it was. May be called on any thread while a reference is held.</summary>
    public FactCheck Check(bool mayWait)
    {
        if (IsRacy)
        {
            return FactCheck.Fails;
        }

        foreach (ref readonly PathFact fact in _facts.AsSpan())
        {
            FactCheck result = fact.Check(mayWait);
            if (result != FactCheck.Holds)
            {
                return result;
            }
        }

        return FactCheck.Holds;
    }

    /// <summary>
    /// Whether the files that are kept open are as they were: one that was rewritten in place could no longer be sent, so it is loaded anew rather than tried.
    /// </summary>
    public bool HasUnchangedFiles()
    {
        foreach (Representation representation in _representations)
        {
            if (representation.File is { } file && !file.IsUnchanged())
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether one of the files that are kept open has been read so often that memory for its content is well spent: all of it, twice.</summary>
    /// <param name="most">Bytes; larger files are not meant.</param>
    public bool IsReadOften(long most) => _representations.Any(representation => IsWorthMemory(representation.File, most));

    /// <summary>Keeps the contents of those files in memory too.</summary>
    public void KeepContents(long most)
    {
        foreach (Representation representation in _representations)
        {
            if (IsWorthMemory(representation.File, most))
            {
                representation.File!.KeepContent();
            }
        }
    }

    /// <summary>Has all files that are kept open read again.</summary>
    public void LetContentsGo()
    {
        foreach (Representation representation in _representations)
        {
            representation.File?.LetContentGo();
        }
    }

    public void AddReference() => _references++;

    public void ReleaseReference()
    {
        if (--_references == 0)
        {
            foreach (Representation representation in _representations)
            {
                representation.File?.ReleaseReference();
            }
        }
    }

    private static bool IsWorthMemory(NativeFile? file, long most) => file is { Content: null } && file.Length <= most && file.BytesRead >= 2 * file.Length;
}
