using Roundtrip.Core;

namespace Roundtrip.Http.Http1;

/// <summary>
/// RFC 9112 section 7.1: takes chunked content apart where it lies. Lines end in CRLF and nothing else, extensions are dropped but
/// bounded, trailers are checked, and dropped where nobody wants them. Call <see cref="Next"/>, consume the framing that it found, then the data, as much as is
/// wanted, telling <see cref="Take"/>.
/// </summary>
internal struct ChunkedDecoder
{
    private enum State : byte
    {
        SizeStart,
        Size,
        BeforeExtension,
        Extension,
        SizeLineFeed,
        Data,
        DataCarriageReturn,
        DataLineFeed,
        Trailers,
        End,
    }

    private State _state;
    private byte _digits;
    private ushort _extensionBytes;
    private int _trailerFields;
    private int _trailerBytes;
    private long _remaining;
    private long _total;
    private LineScanner _trailers;

    public readonly bool IsDone => _state == State.End;

    /// <summary>Finds what stands next.</summary>
    /// <param name="unread">What has come and was not consumed.</param>
    /// <param name="framing">How many bytes at the start of <paramref name="unread"/> are framing: consume them, whatever the result.</param>
    /// <param name="contentLimit">The most bytes of content; 0 for no limit.</param>
    /// <param name="trailers">Where trailer fields are kept; null where they are dropped.</param>
    /// <param name="available">How many bytes of content follow them; for the result Data at least 1.</param>
    public BodyStep Next(ReadOnlySpan<byte> unread, HttpLimits limits, long contentLimit, FieldBuffer? trailers, out int framing, out int available, out EndReason error)
    {
        available = 0;
        error = EndReason.None;
        for (framing = 0; framing < unread.Length; framing++)
        {
            if (_state == State.Data)
            {
                available = (int)Math.Min(_remaining, unread.Length - framing);
                return BodyStep.Data;
            }

            if (_state == State.Trailers)
            {
                return NextTrailers(unread, limits, trailers, ref framing, out error);
            }

            error = OnFramingByte(unread[framing], contentLimit);
            if (error != EndReason.None)
            {
                return BodyStep.Error;
            }
        }

        return _state == State.End ? BodyStep.End : BodyStep.Incomplete;
    }

    /// <summary>Says that <paramref name="count"/> bytes of the available content were consumed.</summary>
    public void Take(int count)
    {
        _remaining -= count;
        if (_remaining == 0)
        {
            _state = State.DataCarriageReturn;
        }
    }

    /// <summary>
    /// How many bytes of content are left at least, by the sizes of the chunks that have begun, and at most some 2 GiB; 0 when the end is here. What is malformed or beyond the limit, and all behind
    /// it, counts nothing. Nothing is consumed. Not to be called when <see cref="IsDone"/>: what follows is another request's.
    /// </summary>
    public readonly long Least(ReadOnlySpan<byte> unread, HttpLimits limits, long contentLimit)
    {
        ChunkedDecoder ahead = this;
        long content = 0;
        BodyStep step;
        while ((step = ahead.Next(unread, limits, contentLimit, null, out int framing, out int available, out _)) == BodyStep.Data)
        {
            ahead.Take(available);
            content += available;
            unread = unread[(framing + available)..];
        }

        return step == BodyStep.End ? 0 : content + (ahead._state == State.Data ? Math.Min(ahead._remaining, int.MaxValue) : 0);
    }

    private EndReason OnFramingByte(byte value, long bodyLimit)
    {
        switch (_state)
        {
            case State.SizeStart:
            case State.Size:
                return OnSizeByte(value, bodyLimit);

            case State.BeforeExtension:
                // RFC 9112 §7.1.1: BWS before ";" must be parsed. With no ";" behind it, it is part of no rule.
                if (value == (byte)';')
                {
                    _state = State.Extension;
                }
                else if (value is not ((byte)' ' or (byte)'\t'))
                {
                    return EndReason.InvalidChunkSize;
                }

                return CountExtensionByte();

            case State.Extension:
                return OnExtensionByte(value);

            case State.SizeLineFeed:
                if (value != (byte)'\n')
                {
                    return EndReason.BareCarriageReturn;
                }

                _state = _remaining > 0 ? State.Data : State.Trailers;
                return EndReason.None;

            case State.DataCarriageReturn:
                _state = State.DataLineFeed;
                return value == (byte)'\r' ? EndReason.None : EndReason.InvalidChunkEnd;

            default:
                _state = State.SizeStart;
                _digits = 0;
                return value == (byte)'\n' ? EndReason.None : EndReason.InvalidChunkEnd;
        }
    }

    private EndReason OnSizeByte(byte value, long bodyLimit)
    {
        int digit = HexValue(value);
        if (digit >= 0)
        {
            // RFC 9112 §7.1: a recipient MUST anticipate large numbers. Sixteen digits, and no sign bit; more zeros are no size either.
            _remaining = (_state == State.SizeStart ? 0 : _remaining << 4) | (long)digit;
            _state = State.Size;
            return ++_digits > 16 || _remaining < 0 ? EndReason.InvalidChunkSize : EndReason.None;
        }

        if (_state == State.SizeStart)
        {
            return value == (byte)'\n' ? EndReason.BareLineFeed : EndReason.InvalidChunkSize;
        }

        switch (value)
        {
            case (byte)'\r':
                _state = State.SizeLineFeed;
                break;
            case (byte)';':
                _state = State.Extension;
                _extensionBytes++;
                break;
            case (byte)' ' or (byte)'\t':
                _state = State.BeforeExtension;
                _extensionBytes++;
                break;
            default:
                return value == (byte)'\n' ? EndReason.BareLineFeed : EndReason.InvalidChunkSize;
        }

        _total += _remaining;
        return bodyLimit > 0 && (_total > bodyLimit || _total < 0) ? EndReason.RequestBodyTooLarge : CheckExtensionBytes();
    }

    // Extensions mean nothing to us (RFC 9112 §7.1.1: MUST ignore unrecognised ones), but a CR, LF or NUL among them may mean a line's
    // end to somebody else.
    private EndReason OnExtensionByte(byte value)
    {
        switch (value)
        {
            case (byte)'\r':
                _state = State.SizeLineFeed;
                return EndReason.None;
            case (byte)'\n':
                return EndReason.BareLineFeed;
            case (byte)'\t' or (>= 0x20 and not 0x7F):
                return CountExtensionByte();
            default:
                return EndReason.InvalidChunkExtension;
        }
    }

    private EndReason CountExtensionByte()
    {
        _extensionBytes++;
        return CheckExtensionBytes();
    }

    private readonly EndReason CheckExtensionBytes() =>
        _extensionBytes > Http1Limits.ChunkExtensions ? EndReason.ChunkExtensionsTooLong : EndReason.None;

    // RFC 9112 §7.1.2: trailers are dropped, which is always allowed, or kept by themselves: none can become a head's field.
    private BodyStep NextTrailers(ReadOnlySpan<byte> unread, HttpLimits limits, FieldBuffer? trailers, ref int framing, out EndReason error)
    {
        ReadOnlySpan<byte> section = unread[framing..];
        while (true)
        {
            int room = Math.Min(limits.RequestHead, Http1Limits.Head) - _trailerBytes - _trailers.Begin;
            int limit = Math.Min(Math.Min(limits.RequestFieldSize, Http1Limits.TrailerLine), room);
            LineStatus status = _trailers.Next(section, limit, out Slice line);
            ReadOnlySpan<byte> text = section.Slice(line.Offset, line.Length);
            switch (status)
            {
                case LineStatus.Complete when line.IsEmpty:
                    _state = State.End;
                    framing += _trailers.Begin;
                    error = EndReason.None;
                    return BodyStep.End;

                case LineStatus.Complete:
                    error = FieldLine.Parse(text, 0, isFirst: _trailerFields == 0, out Slice name, out Slice value) == EndReason.None
                        ? EndReason.None
                        : EndReason.InvalidTrailer;
                    if (++_trailerFields > limits.RequestFields && limits.RequestFields > 0)
                    {
                        error = EndReason.TrailersTooLarge;
                    }

                    if (error == EndReason.None)
                    {
                        trailers?.Add(text.Slice(name.Offset, name.Length), text.Slice(value.Offset, value.Length));
                    }

                    break;

                case LineStatus.Incomplete:
                    // The whole lines are consumed; what is left of the last one stays until its end has come.
                    framing += ForgetWholeLines();
                    error = EndReason.None;
                    return BodyStep.Incomplete;

                default:
                    error = ReasonFor(status);
                    break;
            }

            if (error != EndReason.None)
            {
                return BodyStep.Error;
            }
        }
    }

    private int ForgetWholeLines()
    {
        int whole = _trailers.Begin;
        _trailerBytes += whole;
        _trailers.Rebase(whole);
        return whole;
    }

    private static EndReason ReasonFor(LineStatus status) => status switch
    {
        LineStatus.TooLong => EndReason.TrailersTooLarge,
        LineStatus.BareLineFeed => EndReason.BareLineFeed,
        LineStatus.BareCarriageReturn => EndReason.BareCarriageReturn,
        _ => EndReason.InvalidTrailer,
    };

    private static int HexValue(byte value) => value switch
    {
        >= (byte)'0' and <= (byte)'9' => value - '0',
        >= (byte)'a' and <= (byte)'f' => value - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => value - 'A' + 10,
        _ => -1,
    };
}
