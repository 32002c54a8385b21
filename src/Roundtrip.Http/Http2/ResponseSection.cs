using Roundtrip.Core;

namespace Roundtrip.Http.Http2;

/// <summary>What a client makes of a response's header section, by the rules of RFC 9113 sections 8.2 and 8.3.2.</summary>
internal static class ResponseSection
{
    /// <summary>Reads :status.</summary>
    /// <returns>None, or what makes the response malformed (RFC 9113 section 8.1.1): a stream error.</returns>
    public static EndReason Read(FieldSection section, HttpLimits limits, out int status)
    {
        status = 0;
        EndReason error = Judge(section, limits);
        if (error != EndReason.None)
        {
            return error;
        }

        // RFC 9113 §8.3.2: :status, and no other.
        if (section.Has(PseudoField.Method) || section.Has(PseudoField.Scheme) || section.Has(PseudoField.Authority) || section.Has(PseudoField.Path)
            || section.Has(PseudoField.Protocol))
        {
            return EndReason.MisplacedPseudoField;
        }

        if (!section.Has(PseudoField.Status))
        {
            return EndReason.MissingPseudoField;
        }

        ReadOnlySpan<byte> digits = section.At(section.Status);
        if (digits.Length != 3 || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return EndReason.InvalidStatusLine;
        }

        status = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');

        // RFC 9113 §8.6: there is no 101.
        return status < 100 ? EndReason.InvalidStatusLine : status == 101 ? EndReason.UnexpectedSwitch : EndReason.None;
    }

    /// <summary>What makes a trailer section malformed, or None.</summary>
    public static EndReason JudgeTrailers(FieldSection section, HttpLimits limits) =>
        section.HasPseudoFields ? EndReason.InvalidTrailer : Judge(section, limits);

    /// <summary>Copies the regular fields.</summary>
    public static void CopyFields(FieldSection section, FieldBuffer to)
    {
        to.Clear();
        foreach (ref readonly FieldEntry field in section.Fields)
        {
            to.Add(section.At(field.Name), section.At(field.Value));
        }
    }

    /// <summary>The Content-Length that a final response's section says.</summary>
    /// <param name="length">Less than 0 where it says none.</param>
    public static EndReason ReadLength(FieldBuffer fields, out long length)
    {
        length = Exchange.UnknownLength;
        return fields.LinesOf(KnownField.ContentLength) switch
        {
            0 => EndReason.None,
            1 when Http1.ContentLength.TryParse(fields.Value(KnownField.ContentLength), out length) => EndReason.None,
            1 => EndReason.InvalidContentLength,
            _ => EndReason.DifferingContentLength,
        };
    }

    private static EndReason Judge(FieldSection section, HttpLimits limits)
    {
        if (section.PseudoFault != EndReason.None || section.FieldFault != EndReason.None)
        {
            return section.PseudoFault != EndReason.None ? section.PseudoFault : section.FieldFault;
        }

        if (section.IsOverLimit)
        {
            return limits.RequestFields > 0 && section.Fields.Length >= limits.RequestFields ? EndReason.TooManyFields : EndReason.RequestHeadTooLarge;
        }

        foreach (ref readonly FieldEntry field in section.Fields)
        {
            // RFC 9113 §8.2.2, TE among them: it is a request's.
            if (Hpack.IndexingPolicy.IsConnectionSpecific(field.Known) || field.Known == KnownField.Te)
            {
                return EndReason.ConnectionSpecificField;
            }
        }

        return EndReason.None;
    }
}
