using Roundtrip.Http;

namespace Roundtrip.Site.Files;

/// <summary>The conditions of a request (RFC 9110 section 13), in the order of section 13.2.2.</summary>
internal static class Preconditions
{
    /// <param name="request">A GET or HEAD.</param>
    /// <param name="now">Seconds since 1970.</param>
    /// <returns>0 to go on, or the status that is the answer: 304 or 412.</returns>
    public static int Evaluate(RequestHead request, Representation selected, long now)
    {
        // 1 and 2: If-Match, or in its absence If-Unmodified-Since.
        if (request.Has(KnownField.IfMatch))
        {
            if (!AnyMatches(request, KnownField.IfMatch, selected.EntityTag, strongly: true))
            {
                return 412;
            }
        }
        else if (TryDate(request, KnownField.IfUnmodifiedSince, now, out long unmodifiedSince) && selected.LastModified > unmodifiedSince)
        {
            return 412;
        }

        // 3 and 4: If-None-Match, or in its absence If-Modified-Since.
        if (request.Has(KnownField.IfNoneMatch))
        {
            return AnyMatches(request, KnownField.IfNoneMatch, selected.EntityTag, strongly: false) ? 304 : 0;
        }

        return TryDate(request, KnownField.IfModifiedSince, now, out long modifiedSince) && selected.LastModified <= modifiedSince ? 304 : 0;
    }

    /// <summary>5: whether Range is to be looked at.</summary>
    public static bool RangeApplies(RequestHead request, Representation selected, long now)
    {
        if (!request.Has(KnownField.Range) || request.Method != Method.Get || request.Count(KnownField.Range) != 1)
        {
            return false;
        }

        if (!request.Has(KnownField.IfRange))
        {
            return true;
        }

        ReadOnlySpan<byte> validator = request.Value(KnownField.IfRange);
        if (validator.StartsWith("\""u8) || validator.StartsWith("W/"u8))
        {
            return EntityTags.EqualsStrongly(validator, selected.EntityTag);
        }

        // RFC 9110 §13.1.5: a date must be exactly the same, and strong by §8.8.2.2: the file was at rest for a second.
        return TryDate(request, KnownField.IfRange, now, out long date) && date == selected.LastModified && now > date;
    }

    private static bool AnyMatches(RequestHead request, KnownField field, ReadOnlySpan<byte> tag, bool strongly)
    {
        foreach (ref readonly FieldEntry entry in request.Fields)
        {
            if (entry.Known == field && EntityTags.ListMatches(request.At(entry.Value), tag, strongly))
            {
                return true;
            }
        }

        return false;
    }

    // RFC 9110 §13.1.3 and 13.1.4: a field that is no date, or stands there more than once, is ignored.
    private static bool TryDate(RequestHead request, KnownField field, long now, out long seconds)
    {
        seconds = 0;
        return request.Has(field) && request.Count(field) == 1 && HttpDate.TryParse(request.Value(field), now, out seconds);
    }
}
