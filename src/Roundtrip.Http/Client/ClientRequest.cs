using System.Text;
using Roundtrip.Http.Http1;

namespace Roundtrip.Http;

/// <summary>A request that a client sends, in whatever version. Immutable: it can be sent again.</summary>
public sealed class ClientRequest
{
    /// <param name="method">A token; case counts.</param>
    /// <param name="scheme"><c>http</c> or <c>https</c>.</param>
    /// <param name="authority">The host, with its port where that is not the scheme's own: Host or :authority. An IPv6 address has its brackets.</param>
    /// <param name="target">The path and query, percent-encoded; or <c>*</c>.</param>
    /// <param name="fields">The other fields: never Host or Content-Length. Those of the connection go out in HTTP/1 only.</param>
    /// <param name="contentLength">The exact length of the content, 0 for none, or <see cref="Exchange.UnknownLength"/>.</param>
    /// <exception cref="ArgumentException">A part cannot stand in a request: it would split it.</exception>
    public ClientRequest(string method, string scheme, string authority, string target, FieldBlock fields, long contentLength = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(contentLength, Exchange.UnknownLength);
        (MethodName, Scheme, Authority, Target) =
            (Encoding.Latin1.GetBytes(method), Encoding.Latin1.GetBytes(scheme), Encoding.Latin1.GetBytes(authority), Encoding.Latin1.GetBytes(target));
        if (!FieldRules.IsToken(MethodName) || !IsVisible(Scheme) || !IsVisible(Authority) || !IsVisible(Target))
        {
            throw new ArgumentException($"'{method} {scheme}://{authority}{target}' is not a request that can be sent.");
        }

        (Fields, ContentLength) = (fields, contentLength);
        Method = Methods.Find(MethodName);
    }

    public Method Method { get; }

    /// <summary>The protocol that a CONNECT asks for in HTTP/2 (RFC 8441 section 4), such as <c>websocket</c>; null for an ordinary request.</summary>
    /// <exception cref="ArgumentException">The method is another, or the name is none; content of another length than <see cref="Exchange.UnknownLength"/> is no tunnel's.</exception>
    public string? Protocol
    {
        get;
        init
        {
            if (value is not null && (Method != Method.Connect || ContentLength != Exchange.UnknownLength || !FieldRules.IsToken(Encoding.Latin1.GetBytes(value))))
            {
                throw new ArgumentException($"'{value}' cannot be asked for by {Encoding.Latin1.GetString(MethodName)}.", nameof(value));
            }

            field = value;
        }
    }

    internal byte[] MethodName { get; }

    internal byte[] Scheme { get; }

    internal byte[] Authority { get; }

    internal byte[] Target { get; }

    public string AuthorityText => Encoding.Latin1.GetString(Authority);

    public FieldBlock Fields { get; }

    /// <summary>The exact length of the content, 0 for none, or <see cref="Exchange.UnknownLength"/>.</summary>
    public long ContentLength { get; }

    /// <summary>RFC 9110 section 9.2.2: whether sending it twice does no more than sending it once.</summary>
    public bool IsIdempotent => Method is Method.Get or Method.Head or Method.Put or Method.Delete or Method.Options or Method.Trace;

    // White space would end the target early, and a control character the line.
    private static bool IsVisible(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange((byte)0x21, (byte)0x7E);
}
