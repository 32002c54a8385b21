using Roundtrip.Core;

namespace Roundtrip.Http.Http1;

/// <summary>Reads a response's head, line by line as it comes (RFC 9112 sections 2, 4 and 5). The fields are copied: the input can move on.</summary>
internal struct ResponseHeadParser
{
    private LineScanner _lines;
    private bool _hasStatusLine;
    private ProtocolVersion _version;
    private int _status;

    /// <summary>How many bytes of the head are in lines that were read.</summary>
    public readonly int Length => _lines.Begin;

    public readonly ProtocolVersion Version => _version;

    public readonly int Status => _status;

    /// <summary>Goes on with the head.</summary>
    /// <param name="bytes">The head from its first byte, as much as has come, and whatever follows it.</param>
    /// <param name="fields">Where its fields are added.</param>
    /// <param name="error">What is wrong, when the result is true and the response cannot be read; otherwise None.</param>
    /// <returns>False when more is needed.</returns>
    public bool TryParse(ReadOnlySpan<byte> bytes, FieldBuffer fields, HttpLimits limits, out EndReason error)
    {
        int headLimit = Math.Min(limits.RequestHead, Http1Limits.Head);
        while (true)
        {
            int lineLimit = _hasStatusLine ? limits.RequestFieldSize : limits.RequestLine;
            int room = headLimit - _lines.Begin;
            LineStatus found = _lines.Next(bytes, Math.Min(lineLimit, room), out Slice line);
            ReadOnlySpan<byte> text = bytes.Slice(line.Offset, line.Length);
            if (found != LineStatus.Complete)
            {
                error = found == LineStatus.Incomplete ? EndReason.None : ReasonFor(found, text, isHeadTooLarge: room < lineLimit);
                return found != LineStatus.Incomplete;
            }

            if (!_hasStatusLine)
            {
                _hasStatusLine = true;
                error = StatusLine.Parse(text, out _version, out _status);
            }
            else if (line.IsEmpty)
            {
                error = EndReason.None;
                return true;
            }
            else
            {
                error = AddField(text, fields, limits);
            }

            if (error != EndReason.None)
            {
                return true;
            }
        }
    }

    private static EndReason AddField(ReadOnlySpan<byte> text, FieldBuffer fields, HttpLimits limits)
    {
        if (limits.RequestFields > 0 && fields.Count == limits.RequestFields)
        {
            return EndReason.TooManyFields;
        }

        // RFC 9112 §5.1 lets a client strip white space before the colon, §5.2 unfold lines. Deviates: both are refused, since the next recipient may see another field.
        EndReason error = FieldLine.Parse(text, 0, isFirst: fields.Count == 0, out Slice name, out Slice value);
        if (error == EndReason.None)
        {
            fields.Add(text.Slice(name.Offset, name.Length), text.Slice(value.Offset, value.Length));
        }

        return error;
    }

    private readonly EndReason ReasonFor(LineStatus status, ReadOnlySpan<byte> before, bool isHeadTooLarge) => status switch
    {
        LineStatus.TooLong when isHeadTooLarge => EndReason.RequestHeadTooLarge,
        LineStatus.TooLong => _hasStatusLine ? EndReason.FieldLineTooLong : EndReason.InvalidStatusLine,
        LineStatus.BareLineFeed => EndReason.BareLineFeed,
        LineStatus.BareCarriageReturn => EndReason.BareCarriageReturn,
        _ => _hasStatusLine ? FieldLine.ForControlCharacter(before) : EndReason.InvalidStatusLine,
    };
}
