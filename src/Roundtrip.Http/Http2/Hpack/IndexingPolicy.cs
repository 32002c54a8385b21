using System.Text;

namespace Roundtrip.Http.Http2.Hpack;

/// <summary>
/// Which fields are worth a place in the table: those whose value comes again. One that differs from response to response would only drive out
/// the others, and a secret could be guessed there (RFC 7541 section 7.1).
/// </summary>
internal static class IndexingPolicy
{
    /// <summary>RFC 7541 section 7.1.3: a short cookie has few values to try.</summary>
    private const int ShortCookie = 20;

    // By the static index of the name.
    private static readonly Indexing[] ByStaticIndex = BuildByStaticIndex();

    /// <param name="name">In lower case.</param>
    /// <param name="staticName">The lowest index of the name in the static table, or 0.</param>
    public static Indexing Of(ReadOnlySpan<byte> name, int staticName, ReadOnlySpan<byte> value) =>
        staticName == 0 ? OfOther(name)
        : value.Length < ShortCookie && name.SequenceEqual("cookie"u8) ? Indexing.Never
        : ByStaticIndex[staticName];

    /// <summary>RFC 9113 section 8.2.2: fields that speak of an HTTP/1 connection, which are never sent.</summary>
    public static bool IsConnectionSpecific(KnownField field) => field
        is KnownField.Connection or KnownField.KeepAlive or KnownField.ProxyConnection or KnownField.TransferEncoding or KnownField.Upgrade;

    private static Indexing OfOther(ReadOnlySpan<byte> name) => name.Length switch
    {
        6 when name.SequenceEqual("digest"u8) => Indexing.Without,
        11 when name.SequenceEqual("repr-digest"u8) => Indexing.Without,
        11 when name.SequenceEqual("traceparent"u8) => Indexing.Without,
        12 when name.SequenceEqual("x-request-id"u8) => Indexing.Without,
        13 when name.SequenceEqual("server-timing"u8) => Indexing.Without,
        14 when name.SequenceEqual("content-digest"u8) => Indexing.Without,
        _ => Indexing.Incremental,
    };

    private static Indexing[] BuildByStaticIndex()
    {
        var policy = new Indexing[StaticTable.Count + 1];
        foreach (string name in (ReadOnlySpan<string>)[
            ":path", "age", "content-disposition", "content-length", "content-location", "content-range", "etag", "expires", "if-match",
            "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "last-modified", "location", "proxy-authenticate", "range",
            "retry-after", "www-authenticate"])
        {
            policy[IndexOf(name)] = Indexing.Without;
        }

        foreach (string name in (ReadOnlySpan<string>)["authorization", "proxy-authorization", "set-cookie"])
        {
            policy[IndexOf(name)] = Indexing.Never;
        }

        return policy;
    }

    private static int IndexOf(string name) => StaticTable.Find(Encoding.ASCII.GetBytes(name));
}
