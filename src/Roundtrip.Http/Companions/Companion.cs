using System.Text;

namespace Roundtrip.Http.Companions;

/// <summary>What a page needs that its client fetches by itself.</summary>
/// <param name="Path">The path as a request has it; no query.</param>
/// <param name="Kind">What it is fetched as.</param>
/// <param name="IsCors">Whether it is fetched in mode cors: a font, a module. A hint that says otherwise would have it fetched twice.</param>
public sealed record Companion(byte[] Path, CompanionKind Kind, bool IsCors)
{
    /// <summary>The value of a Link field that asks for it (W3C Preload, RFC 8288).</summary>
    public string Link => $"<{Encoding.Latin1.GetString(Path)}>; rel=preload; as={Kind.ToString().ToLowerInvariant()}{(IsCors ? "; crossorigin" : "")}";

    /// <summary>Whether it is that path, fetched so.</summary>
    public bool Is(ReadOnlySpan<byte> path, CompanionKind kind, bool isCors) => kind == Kind && isCors == IsCors && path.SequenceEqual(Path);
}
