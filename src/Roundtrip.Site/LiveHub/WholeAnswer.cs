using Roundtrip.Core;
using Roundtrip.Http;

namespace Roundtrip.Site.LiveHub;

/// <summary>Content that is larger than what a connection takes at once, sent as it takes it.</summary>
internal sealed class WholeAnswer : IExchangeHandler
{
    private readonly byte[] _rest;
    private int _sent;

    private WholeAnswer(byte[] rest) => _rest = rest;

    public string Name => "live";

    /// <summary>Sends content behind a response that has begun, and completes it.</summary>
    public static void Send(Exchange exchange, ReadOnlySpan<byte> content)
    {
        int taken = exchange.Write(content);
        if (taken == content.Length)
        {
            exchange.Complete();
        }
        else
        {
            exchange.Handler = new WholeAnswer(content[taken..].ToArray());
        }
    }

    public void OnBodyReadable(Exchange exchange)
    {
    }

    public void OnWritable(Exchange exchange)
    {
        _sent += exchange.Write(_rest.AsSpan(_sent));
        if (_sent == _rest.Length)
        {
            exchange.Complete();
        }
    }

    public void OnAborted(Exchange exchange, EndReason reason)
    {
    }
}
