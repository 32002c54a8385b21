using Roundtrip.Core;

namespace Roundtrip.Http.Http1;

/// <summary>RFC 9112 section 3.2: which Host fields a request must and may have, and which authority counts.</summary>
internal static class HostRule
{
    public static EndReason Apply(RequestHead head)
    {
        if (!head.Has(KnownField.Host))
        {
            return head.Version == ProtocolVersion.Http11 ? EndReason.MissingHost : EndReason.None;
        }

        var host = default(Slice);
        bool seen = false;
        foreach (ref readonly FieldEntry field in head.Fields)
        {
            if (field.Known != KnownField.Host)
            {
                continue;
            }

            if (seen)
            {
                return EndReason.DuplicateHost;
            }

            seen = true;
            host = field.Value;
        }

        if (!UriHost.IsValid(head.At(host)))
        {
            return EndReason.InvalidHost;
        }

        // RFC 9112 §3.2.2: with an absolute form the received Host is ignored, though it must be valid.
        if (head.Authority.IsEmpty)
        {
            head.SetAuthority(host);
        }

        return EndReason.None;
    }
}
