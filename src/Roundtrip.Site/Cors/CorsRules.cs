using System.Text;
using Roundtrip.Http;

namespace Roundtrip.Site.Cors;

/// <summary>A policy, ready to answer requests: immutable but for the origin that it allowed last, and shared by the loops.</summary>
internal sealed class CorsRules
{
    // What a browser may always send, and need not ask for (Fetch Standard, "CORS-safelisted method").
    private const string SafelistedMethods = "GET, HEAD, POST";

    // Chromium keeps a permission no longer than this; without the field it is five seconds, and each later request costs another round trip.
    private const int DefaultMaxAge = 7200;

    private readonly AllowedOrigin[] _origins;
    private byte[]? _lastAllowed;

    public CorsRules(CorsPolicy policy)
    {
        Policy = policy;
        _origins = [.. policy.Origins!];
        AllowsAny = _origins.Contains(AllowedOrigin.Any);
        Methods = policy.Methods is { } methods ? List(methods) : Encoding.ASCII.GetBytes(SafelistedMethods);
        Headers = List(policy.Headers ?? []);
        Exposed = List(policy.Exposed ?? []);
        MaxAge = policy.MaxAge ?? DefaultMaxAge;
    }

    public CorsPolicy Policy { get; }

    /// <summary>Whether every origin is allowed, so that no answer depends on it.</summary>
    public bool AllowsAny { get; }

    /// <summary>The value of Access-Control-Allow-Methods.</summary>
    public byte[] Methods { get; }

    /// <summary>The value of Access-Control-Allow-Headers; empty for none.</summary>
    public byte[] Headers { get; }

    /// <summary>The value of Access-Control-Expose-Headers; empty for none.</summary>
    public byte[] Exposed { get; }

    /// <summary>Seconds.</summary>
    public int MaxAge { get; }

    /// <summary>Whether the request's one Origin is allowed.</summary>
    public bool Allows(RequestHead request)
    {
        if (AllowsAny)
        {
            return true;
        }

        if (request.Count(KnownField.Origin) != 1)
        {
            return false;
        }

        ReadOnlySpan<byte> origin = request.Value(KnownField.Origin);
        if (_lastAllowed is { } last && origin.SequenceEqual(last))
        {
            return true;
        }

        foreach (AllowedOrigin allowed in _origins)
        {
            if (allowed.Allows(origin))
            {
                _lastAllowed = origin.ToArray();
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether an allowed origin may have answers to requests with credentials. Never where any origin is allowed: what scopes merged at run time may have brought together.</summary>
    public bool AllowsCredentials(ReadOnlySpan<byte> origin) => !AllowsAny && Policy.Credentials switch
    {
        CorsCredentials.On => !origin.SequenceEqual("null"u8),
        CorsCredentials.OnForNull => true,
        _ => false,
    };

    private static byte[] List(IEnumerable<string> items) => Encoding.ASCII.GetBytes(string.Join(", ", items));
}
