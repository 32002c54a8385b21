using System.Text;
using Roundtrip.Core;
using Roundtrip.Http.Http1;

namespace Roundtrip.Http.Http2;

/// <summary>Makes a request's head of its header section, by the rules of RFC 9113 sections 8.2 and 8.3. The head's bytes are the section's.</summary>
internal static class RequestSection
{
    /// <summary>Reads the section into <paramref name="head"/>.</summary>
    /// <param name="isSecure">Whether the connection is.</param>
    /// <returns>
    /// None, or what is wrong. <see cref="IsMalformed"/> tells a message that is none (a stream error) from a request that can be answered.
    /// </returns>
    public static EndReason Read(FieldSection section, RequestHead head, HttpLimits limits, bool isSecure)
    {
        head.Version = ProtocolVersion.Http2;
        head.IsSecure = isSecure;
        EndReason error = section.PseudoFault != EndReason.None ? section.PseudoFault
            : section.FieldFault != EndReason.None ? section.FieldFault
            : JudgeFields(section, limits);
        if (error == EndReason.None)
        {
            error = AddHost(section) && JoinCookies(section) ? EndReason.None : EndReason.RequestHeadTooLarge;
        }

        // After what may have moved the text.
        head.Locate(section.Text, 0);
        head.Length = section.Length;
        head.SetMethod(Methods.Find(section.At(section.MethodName)), section.MethodName);
        if (error != EndReason.None)
        {
            return error;
        }

        // What was not kept may have been a pseudo-field: nothing is said of those that are missing.
        return section.IsOverLimit
            ? limits.RequestFields > 0 && section.Fields.Length >= limits.RequestFields ? EndReason.TooManyFields : EndReason.RequestHeadTooLarge
            : ReadPseudoFields(section, head, limits, isSecure);
    }

    /// <summary>Takes the regular fields over; the cookies' crumbs have become one field (RFC 9113 section 8.2.3).</summary>
    public static void AddFields(FieldSection section, RequestHead head)
    {
        int crumbs = CountCookies(section);
        foreach (ref readonly FieldEntry field in section.Fields)
        {
            // Where there were several, the last is their sum.
            if (field.Known != KnownField.Cookie || --crumbs <= 0)
            {
                head.AddField(field.Name, field.Value, field.Known);
            }
        }
    }

    /// <summary>RFC 9113 section 8.1.1: whether the reason makes the message malformed, so that its stream is reset and nothing answered.</summary>
    public static bool IsMalformed(EndReason reason) => reason is EndReason.UnknownPseudoField or EndReason.DuplicatePseudoField or EndReason.PseudoFieldAfterField
        or EndReason.MissingPseudoField or EndReason.MisplacedPseudoField or EndReason.InvalidFieldName or EndReason.UppercaseFieldName or EndReason.InvalidFieldValue
        or EndReason.ConnectionSpecificField or EndReason.DifferingAuthority or EndReason.ContentLengthMismatch;

    private static EndReason JudgeFields(FieldSection section, HttpLimits limits)
    {
        foreach (ref readonly FieldEntry field in section.Fields)
        {
            switch (field.Known)
            {
                // RFC 9113 §8.2.2: fields of the connection have no meaning here; they are how requests were smuggled through a downgrade.
                case KnownField.Connection or KnownField.KeepAlive or KnownField.ProxyConnection or KnownField.TransferEncoding or KnownField.Upgrade:
                    return EndReason.ConnectionSpecificField;
                case var _ when field.Name.Length + field.Value.Length > limits.RequestFieldSize:
                    return EndReason.FieldLineTooLong;
                case KnownField.Te when !Ascii.EqualsIgnoreCase(section.At(field.Value), "trailers"u8):
                    return EndReason.ConnectionSpecificField;
            }
        }

        return EndReason.None;
    }

    private static EndReason ReadPseudoFields(FieldSection section, RequestHead head, HttpLimits limits, bool isSecure)
    {
        if (!section.Has(PseudoField.Method) || section.Has(PseudoField.Status))
        {
            return section.Has(PseudoField.Status) ? EndReason.MisplacedPseudoField : EndReason.MissingPseudoField;
        }

        if (!FieldRules.IsToken(section.At(section.MethodName)))
        {
            return EndReason.InvalidMethod;
        }

        if (section.Has(PseudoField.Protocol))
        {
            // RFC 8441 §4: :protocol makes a CONNECT an ordinary request by its other pseudo-fields; elsewhere, and where we said that we do not take it, it is as undefined as any other.
            if (head.Method != Method.Connect || !limits.Http2.WebSockets)
            {
                return EndReason.MisplacedPseudoField;
            }

            if (!IsProtocol(section.At(section.Protocol)))
            {
                return EndReason.InvalidFieldValue;
            }

            head.SetProtocol(section.Protocol);
        }
        else if (head.Method == Method.Connect)
        {
            // RFC 9113 §8.5: a tunnel has an authority alone. This server is no proxy: it offers none, to any target.
            return section.Has(PseudoField.Scheme) || section.Has(PseudoField.Path) ? EndReason.MisplacedPseudoField
                : !section.Has(PseudoField.Authority) ? EndReason.MissingPseudoField
                : EndReason.ConnectNotSupported;
        }

        if (!section.Has(PseudoField.Scheme) || !section.Has(PseudoField.Path) || section.Path.IsEmpty)
        {
            return EndReason.MissingPseudoField;
        }

        return section.Path.Length > limits.RequestLine ? EndReason.RequestLineTooLong : ReadTarget(section, head, isSecure);
    }

    // RFC 9110 §7.8: a name, and perhaps a version.
    private static bool IsProtocol(ReadOnlySpan<byte> value)
    {
        int slash = value.IndexOf((byte)'/');
        return slash < 0 ? FieldRules.IsToken(value) : FieldRules.IsToken(value[..slash]) && FieldRules.IsToken(value[(slash + 1)..]);
    }

    private static EndReason ReadTarget(FieldSection section, RequestHead head, bool isSecure)
    {
        ReadOnlySpan<byte> path = section.At(section.Path);
        bool isAsterisk = path.SequenceEqual("*"u8) && head.Method == Method.Options;
        if (path[0] != (byte)'/' && !isAsterisk)
        {
            return EndReason.InvalidTarget;
        }

        EndReason error = RequestTarget.ParsePath(section.Text, section.Path, head);
        if (error != EndReason.None)
        {
            return error;
        }

        error = ReadAuthority(section, head);
        if (error != EndReason.None)
        {
            return error;
        }

        // RFC 9110 §7.4: an origin that this connection has no authority for.
        ReadOnlySpan<byte> scheme = section.At(section.Scheme);
        bool isOurs = isSecure ? Ascii.EqualsIgnoreCase(scheme, "https"u8) : Ascii.EqualsIgnoreCase(scheme, "http"u8);
        return isOurs ? EndReason.None : EndReason.MisdirectedRequest;
    }

    // RFC 9113 §8.3.1: :authority counts, without it Host, which AddHost has put there otherwise.
    private static EndReason ReadAuthority(FieldSection section, RequestHead head)
    {
        Slice authority = section.Authority;
        bool seen = false;
        foreach (ref readonly FieldEntry field in section.Fields)
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
            if (authority.IsEmpty)
            {
                authority = field.Value;
            }
            else if (!Ascii.EqualsIgnoreCase(section.At(authority), section.At(field.Value)))
            {
                return EndReason.DifferingAuthority;
            }
        }

        if (!seen)
        {
            return EndReason.MissingHost;
        }

        if (!UriHost.IsValid(section.At(authority)))
        {
            return EndReason.InvalidHost;
        }

        head.SetAuthority(authority);
        return EndReason.None;
    }

    // Who reads the head finds the authority where HTTP/1.1 has it (RFC 9113 §8.3.1 asks that of who converts a request).
    // False where a head that is as long as heads may be has no room for it.
    private static bool AddHost(FieldSection section)
    {
        if (!section.Has(PseudoField.Authority) || Has(section, KnownField.Host))
        {
            return true;
        }

        Slice value = section.Authority;
        if (!section.CanGrowBy("host"u8.Length + value.Length))
        {
            return false;
        }

        Span<byte> room = section.Room("host"u8.Length + value.Length);
        "host"u8.CopyTo(room);
        section.At(value).CopyTo(room["host"u8.Length..]);
        section.Keep("host"u8.Length, value.Length, new FieldTraits(KnownField.Host, PseudoField.None, EndReason.None), isNeverIndexed: false);
        return true;
    }

    private static bool JoinCookies(FieldSection section)
    {
        if (CountCookies(section) < 2)
        {
            return true;
        }

        int length = -2;
        foreach (ref readonly FieldEntry field in section.Fields)
        {
            length += field.Known == KnownField.Cookie ? field.Value.Length + 2 : 0;
        }

        if (!section.CanGrowBy("cookie"u8.Length + length))
        {
            return false;
        }

        // RFC 9113 §8.2.3: joined by "; ".
        Span<byte> room = section.Room("cookie"u8.Length + length);
        "cookie"u8.CopyTo(room);
        Span<byte> value = room["cookie"u8.Length..];
        int at = 0;
        foreach (ref readonly FieldEntry field in section.Fields)
        {
            if (field.Known == KnownField.Cookie)
            {
                if (at > 0)
                {
                    "; "u8.CopyTo(value[at..]);
                    at += 2;
                }

                section.At(field.Value).CopyTo(value[at..]);
                at += field.Value.Length;
            }
        }

        section.Keep("cookie"u8.Length, length, new FieldTraits(KnownField.Cookie, PseudoField.None, EndReason.None), isNeverIndexed: true);
        return true;
    }

    private static bool Has(FieldSection section, KnownField known)
    {
        foreach (ref readonly FieldEntry field in section.Fields)
        {
            if (field.Known == known)
            {
                return true;
            }
        }

        return false;
    }

    private static int CountCookies(FieldSection section)
    {
        int count = 0;
        foreach (ref readonly FieldEntry field in section.Fields)
        {
            count += field.Known == KnownField.Cookie ? 1 : 0;
        }

        return count;
    }
}
