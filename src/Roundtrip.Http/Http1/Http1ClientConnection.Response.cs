using Roundtrip.Core;

namespace Roundtrip.Http.Http1;

// The response: heads, of which those of 1xx come before the final one, and content.
public sealed partial class Http1ClientConnection
{
    private const int CopySize = 16 * 1024;

    private byte[]? _copy;
    private ResponseHeadParser _head;
    private BodyReader _body;
    private ResponseFraming _framing;
    private bool _hasBegun;
    private bool _persists;

    private void BeginResponse()
    {
        _head = default;
        _framing = ResponseFraming.None;
        _hasBegun = false;
        _persists = true;
    }

    // One step; false when it takes more input.
    private bool TryRead()
    {
        ref InputBuffer input = ref _host.Input;
        if (_exchange is not { } exchange)
        {
            if (input.Length > 0)
            {
                // RFC 9112 §9.2, §6.3: what comes beyond a response is not taken for the next one's.
                Fail(EndReason.UnexpectedContent);
            }

            return false;
        }

        _hasBegun |= input.Length > 0;
        return _framing switch
        {
            ResponseFraming.None => TryReadHead(ref input, exchange),
            ResponseFraming.UntilClose => TryReadUntilClose(ref input, exchange),
            _ => TryReadContent(ref input, exchange),
        };
    }

    private bool TryReadHead(ref InputBuffer input, Http1ClientExchange exchange)
    {
        if (!_head.TryParse(input.Unread, exchange.Fields, _host.Limits, out EndReason error))
        {
            return false;
        }

        if (error != EndReason.None)
        {
            Fail(error);
            return false;
        }

        (ProtocolVersion version, int status) = (_head.Version, _head.Status);
        input.Consume(_head.Length);
        _head = default;
        if (status is >= 100 and < 200 and not 101)
        {
            // RFC 9110 §15.2: several of them may come, understood or not.
            if (!exchange.TryInform(status, version))
            {
                Fail(EndReason.TooManyInterimResponses);
            }

            return _exchange is not null;
        }

        return status == 101 ? TrySwitch(exchange, version) : TryRespond(exchange, version, status);
    }

    // RFC 9110 §15.2.2: from here on the bytes are the other protocol's, both ways, which the exchange passes on.
    private bool TrySwitch(Http1ClientExchange exchange, ProtocolVersion version)
    {
        if (exchange.Request.Fields.Value("Upgrade"u8).IsEmpty)
        {
            Fail(EndReason.UnexpectedSwitch);
            return false;
        }

        _persists = false;
        _framing = ResponseFraming.UntilClose;
        exchange.Switched(version);
        return _exchange is not null;
    }

    private bool TryRespond(Http1ClientExchange exchange, ProtocolVersion version, int status)
    {
        EndReason error = ResponseContent.Determine(exchange.Request.Method, status, version, exchange.Fields, out ResponseFraming framing, out long length);
        if (error != EndReason.None)
        {
            Fail(error);
            return false;
        }

        _framing = framing;
        _body.Begin(framing == ResponseFraming.Chunked ? Exchange.UnknownLength : length, exchange.Trailers);
        _persists = framing != ResponseFraming.UntilClose && Persists(version, ConnectionField.OptionsOf(exchange.Fields));
        exchange.Responded(status, version);
        return _exchange is not null;
    }

    // RFC 9112 §9.3; a wish of our own for close is among the request's fields.
    private bool Persists(ProtocolVersion version, ConnectionOptions options) =>
        (options & ConnectionOptions.Close) == 0
        && (version >= ProtocolVersion.Http11 || (options & ConnectionOptions.KeepAlive) != 0)
        && (ConnectionField.OptionsOf(_exchange!.Request.Fields.Value("Connection"u8)) & ConnectionOptions.Close) == 0;

    private bool TryReadContent(ref InputBuffer input, Http1ClientExchange exchange)
    {
        _copy ??= GC.AllocateUninitializedArray<byte>(CopySize);
        switch (_body.Read(ref input, _copy, _host.Limits, out int count, out EndReason error))
        {
            case BodyStep.Data:
                exchange.Received(_copy.AsSpan(0, count));
                return _exchange is not null;
            case BodyStep.End:
                if (exchange.Trailers.Count > 0)
                {
                    exchange.Handler.OnTrailers(exchange);
                }

                if (_exchange is not null)
                {
                    Complete(exchange);
                }

                return true;
            case BodyStep.Error:
                Fail(error);
                return false;
            default:
                return false;
        }
    }

    private bool TryReadUntilClose(ref InputBuffer input, Http1ClientExchange exchange)
    {
        int count = input.Length;
        if (count > 0)
        {
            _copy ??= GC.AllocateUninitializedArray<byte>(CopySize);
            count = Math.Min(count, CopySize);
            input.Unread[..count].CopyTo(_copy);
            input.Consume(count);
            exchange.Received(_copy.AsSpan(0, count));
        }

        return count > 0 && _exchange is not null;
    }

    private void Complete(Http1ClientExchange exchange)
    {
        // RFC 9112 §9.3: a response that comes before its request is whole leaves the rest of it unsent, so the connection cannot go on.
        if (!_persists || !exchange.IsRequestComplete || _isStopping)
        {
            Close(ConnectionClose.Close, EndReason.Completed);
        }

        _idleSince = _host.Now;
        EndExchange(EndReason.Completed, isRetryable: false);
    }

    private void EndInput()
    {
        if (_exchange is not { } exchange)
        {
            Close(ConnectionClose.Close, EndReason.PeerClosed);
        }
        else if (_framing == ResponseFraming.UntilClose)
        {
            Complete(exchange);
        }
        else
        {
            // RFC 9112 §8: such a response is incomplete.
            Fail(_framing != ResponseFraming.None ? EndReason.TruncatedBody : _hasBegun ? EndReason.TruncatedHead : EndReason.PeerClosed);
        }
    }
}
