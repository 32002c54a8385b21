using Roundtrip.Core;

namespace Roundtrip.Http.Http1;

/// <summary>
/// Reads a request's head, line by line as it comes (RFC 9112 sections 2 to 5), into a <see cref="RequestHead"/> whose slices count from
/// the head's first byte: they stay right when the input is moved.
/// </summary>
internal struct RequestHeadParser
{
    private LineScanner _lines;
    private bool _hasRequestLine;

    /// <summary>How many bytes of the head are in lines that were read.</summary>
    public readonly int Length => _lines.Begin;

    /// <summary>Goes on with the head.</summary>
    /// <param name="bytes">The head from its first byte, as much as has come, and whatever follows it.</param>
    /// <param name="error">What is wrong, when the result is true and the head cannot be served; otherwise None.</param>
    /// <returns>False when more is needed.</returns>
    public bool TryParse(ReadOnlySpan<byte> bytes, RequestHead head, HttpLimits limits, bool isSecure, out EndReason error)
    {
        int headLimit = Math.Min(limits.RequestHead, Http1Limits.Head);
        while (true)
        {
            int lineLimit = _hasRequestLine ? limits.RequestFieldSize : limits.RequestLine;
            int room = headLimit - _lines.Begin;
            LineStatus status = _lines.Next(bytes, Math.Min(lineLimit, room), out Slice line);
            if (status != LineStatus.Complete)
            {
                error = status == LineStatus.Incomplete
                    ? EndReason.None
                    : ReasonFor(status, bytes.Slice(line.Offset, line.Length), isHeadTooLarge: room < lineLimit);
                return status != LineStatus.Incomplete;
            }

            ReadOnlySpan<byte> text = bytes.Slice(line.Offset, line.Length);
            if (!_hasRequestLine)
            {
                _hasRequestLine = true;
                error = RequestLine.Parse(text, head, limits.AllowHttp09, isSecure);
                if (error != EndReason.None)
                {
                    return true;
                }

                head.SetLine(line);
                if (head.Version == ProtocolVersion.Http09)
                {
                    return true;
                }
            }
            else if (line.IsEmpty)
            {
                error = HostRule.Apply(head);
                return true;
            }
            else if ((error = AddField(text, line.Offset, head, limits)) != EndReason.None)
            {
                return true;
            }
        }
    }

    private static EndReason AddField(ReadOnlySpan<byte> text, int offset, RequestHead head, HttpLimits limits)
    {
        if (limits.RequestFields > 0 && head.FieldCount == limits.RequestFields)
        {
            return EndReason.TooManyFields;
        }

        EndReason error = FieldLine.Parse(text, offset, isFirst: head.FieldCount == 0, out Slice name, out Slice value);
        if (error == EndReason.None)
        {
            head.AddField(name, value, KnownFields.Find(text[..name.Length]));
        }

        return error;
    }

    private readonly EndReason ReasonFor(LineStatus status, ReadOnlySpan<byte> before, bool isHeadTooLarge) => status switch
    {
        LineStatus.TooLong when isHeadTooLarge => EndReason.RequestHeadTooLarge,
        LineStatus.TooLong => _hasRequestLine ? EndReason.FieldLineTooLong : EndReason.RequestLineTooLong,
        LineStatus.BareLineFeed => EndReason.BareLineFeed,
        LineStatus.BareCarriageReturn => EndReason.BareCarriageReturn,
        _ when _hasRequestLine => FieldLine.ForControlCharacter(before),
        _ => before.Contains((byte)' ') ? EndReason.InvalidTarget : EndReason.InvalidMethod,
    };
}
