using System.Text;
using Microsoft.Win32.SafeHandles;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Server;
using Roundtrip.Site.EarlyHints;
using Roundtrip.Site.Headers;
using Roundtrip.Site.Serving;
using Roundtrip.Site.Variables;
using Roundtrip.Site.Wsgi.Protocol;
using Roundtrip.Transport.Files;

namespace Roundtrip.Site.Wsgi.Channels;

/// <content>The response: what a worker says becomes the exchange's, checked as if anybody had said it.</content>
internal sealed partial class WsgiExchange
{
    /// <summary>A response's head.</summary>
    /// <param name="length">How long the content is where it is known; otherwise less than 0.</param>
    public void OnHead(ReadOnlySpan<byte> text, long length)
    {
        if (_exchange is not { } exchange)
        {
            return;
        }

        if (ResponseText.TryRead(text, exchange.ResponseFields, out ResponseText head) is { } fault)
        {
            Say(LogLevel.Error, $"{fault} (answered 500)");
            exchange.ResponseFields.Clear();
            Replace(exchange, 500);
            return;
        }

        // A 500 without anything is the worker's own word for an application that failed; its traceback is in the log.
        if ((length == 0 && head is { Status: 500, HasFields: false }) || (head.Status >= 400 && _resource.About.Settings.Get(WsgiSettings.OverridesErrors)))
        {
            exchange.ResponseFields.Clear();
            Replace(exchange, head.Status);
            return;
        }

        if (head.ContentLength >= 0)
        {
            length = head.ContentLength;
        }
        else if (length == 0 && (exchange.Request.Method == Method.Head || head.Status == 304))
        {
            // RFC 9110 §8.6: what GET would have had is not known.
            length = Exchange.UnknownLength;
        }

        exchange.ReasonPhrase = text[head.Reason];
        ResponseFields.RespondToOwn(exchange, head.Status, length);
    }

    /// <returns>How much of it was taken. When less, <see cref="LoopChannel.Resume"/> follows.</returns>
    public int OnContent(ReadOnlySpan<byte> content) => _exchange is { } exchange ? exchange.Write(content) : content.Length;

    /// <summary>Takes content that <see cref="OnContent"/> has not, whether its client reads or not.</summary>
    public void OnContentAnyway(ReadOnlySpan<byte> content)
    {
        byte[] kept = GC.AllocateUninitializedArray<byte>(content.Length, pinned: true);
        content.CopyTo(kept);
        _exchange?.WriteShared(kept, 0, kept.Length);
    }

    /// <param name="handle">The descriptor that came with the frame; null where none did.</param>
    public void OnFile(SafeFileHandle? handle, long offset, long count)
    {
        if (handle is null || _exchange is not { } exchange || !FileRoot.TryStamp(handle, out FileStamp stamp))
        {
            handle?.Dispose();
            return;
        }

        // Nothing that would let a loop wait: a pipe or device is none of the file system's.
        var file = new NativeFile(handle, stamp);
        if (stamp.Kind == FileKind.Regular)
        {
            exchange.WriteFile(file, offset, Math.Min(count, Math.Max(0, stamp.Size - offset)));
        }

        file.ReleaseReference();
    }

    public void OnHints(ReadOnlySpan<byte> text)
    {
        if (_exchange is { } exchange && MayHint(exchange) && ResponseText.ToHints(text) is { } hints)
        {
            exchange.Inform(103, hints);
        }
    }

    /// <summary>The response has ended.</summary>
    /// <param name="hasFailed">Whether the application failed when part of it was sent.</param>
    public void OnEnd(bool hasFailed)
    {
        BreakBody();
        if (_exchange is not { } exchange)
        {
            return;
        }

        _exchange = null;
        if (hasFailed)
        {
            exchange.Abort(EndReason.HandlerFailed);
        }
        else
        {
            exchange.Complete();
        }
    }

    /// <summary>What the worker says is no answer.</summary>
    public void OnBroken()
    {
        if (_exchange is { } exchange)
        {
            Say(LogLevel.Error, "the process's answer cannot be read");
            Give(exchange, 500);
        }
    }

    // RFC 8297 §3: a client of HTTP/1.1 is known to understand it, or takes it for the response. no-early-hints is for those that are known not to.
    private bool MayHint(Exchange exchange)
    {
        RequestHead request = RequestFacts.RequestOf(exchange);
        if (request.Version < ProtocolVersion.Http2 && !Navigation.Is(request))
        {
            return false;
        }

        VariableOutcome variables = _handler.Site.VariablesOf(_resource.About.Host, request, exchange);
        return !variables.IsUndecided && !variables.Variables.ContainsKey(ObeyedVariables.NoEarlyHints)
            && !_resource.About.Settings.Get(VariableSettings.Fixed).All.ContainsKey(ObeyedVariables.NoEarlyHints);
    }

    void IExchangeHandler.OnWritable(Exchange exchange) => _channel?.Resume();

    private void OnLost(Exchange exchange)
    {
        IConnectionHost connection = exchange.Connection;
        string request = Encoding.Latin1.GetString([.. exchange.Request.MethodName, (byte)' ', .. exchange.Request.Target]);
        Say(LogLevel.Error, _isOverdue ? $"{request} took longer than request-timeout allows" : $"the process ended while it had {request}");
        Give(exchange, _isOverdue ? 504 : 500);
        connection.Wake();
    }

    // The server's own word, or a response that the client can tell to be cut.
    private void Give(Exchange exchange, int status)
    {
        _exchange = null;
        if (exchange.HasResponded)
        {
            exchange.Abort(EndReason.HandlerFailed);
        }
        else
        {
            exchange.ResponseFields.Clear();
            Answer(exchange, status);
        }
    }

    // The application goes on to its end, which nobody sees.
    private void Replace(Exchange exchange, int status)
    {
        _exchange = null;
        BreakBody();
        Answer(exchange, status);
    }
}
