using System.Collections.Immutable;
using Roundtrip.Configuration;

namespace Roundtrip.Site.Cors;

/// <summary>What the directives of a scope, or of several merged, say of CORS. What is null was not said.</summary>
internal sealed record CorsPolicy
{
    public static readonly CorsPolicy None = new();

    private CorsRules? _rules;

    /// <summary>CorsOrigin; empty for <c>none</c>.</summary>
    public ImmutableArray<AllowedOrigin>? Origins { get; init; }

    /// <summary>CorsMethods, as they are sent.</summary>
    public ImmutableArray<string>? Methods { get; init; }

    /// <summary>CorsHeaders.</summary>
    public ImmutableArray<string>? Headers { get; init; }

    /// <summary>CorsExposeHeaders.</summary>
    public ImmutableArray<string>? Exposed { get; init; }

    /// <summary>CorsCredentials.</summary>
    public CorsCredentials? Credentials { get; init; }

    /// <summary>CorsMaxAge, in seconds.</summary>
    public int? MaxAge { get; init; }

    /// <summary>The line of the last CorsOrigin.</summary>
    public SourcePosition? OriginsAt { get; init; }

    /// <summary>The line of the CorsCredentials that counts.</summary>
    public SourcePosition? CredentialsAt { get; init; }

    /// <summary>What requests are answered by; null where no origin is allowed. Two loops may make it at the same time: either will do.</summary>
    public CorsRules? Rules
    {
        get
        {
            if (Origins is not { IsEmpty: false })
            {
                return null;
            }

            // A copy with other words has the rules of its original.
            return _rules is { } made && ReferenceEquals(made.Policy, this) ? made : _rules = new CorsRules(this);
        }
    }

    public static CorsPolicy Merge(CorsPolicy outer, CorsPolicy inner) => new()
    {
        Origins = inner.Origins ?? outer.Origins,
        OriginsAt = inner.Origins is null ? outer.OriginsAt : inner.OriginsAt,
        Methods = inner.Methods ?? outer.Methods,
        Headers = inner.Headers ?? outer.Headers,
        Exposed = inner.Exposed ?? outer.Exposed,
        Credentials = inner.Credentials ?? outer.Credentials,
        CredentialsAt = inner.Credentials is null ? outer.CredentialsAt : inner.CredentialsAt,
        MaxAge = inner.MaxAge ?? outer.MaxAge,
    };
}
