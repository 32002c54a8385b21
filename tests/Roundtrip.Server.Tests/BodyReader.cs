using Roundtrip.Core;
using Roundtrip.Http;

namespace Roundtrip.Server.Tests;

/// <summary>Reads a body, and never answers.</summary>
internal sealed class BodyReader : IExchangeHandler
{
    public Action<EndReason> Aborted { get; init; } = _ => { };

    public Action Readable { get; init; } = () => { };

    public string Name => "body reader";

    public void Start(Exchange exchange)
    {
        exchange.Handler = this;
        Read(exchange);
    }

    public void OnBodyReadable(Exchange exchange)
    {
        Readable();
        Read(exchange);
    }

    private static void Read(Exchange exchange)
    {
        Span<byte> buffer = stackalloc byte[1024];
        while (exchange.ReadBody(buffer).Status == BodyReadStatus.Data)
        {
        }
    }

    public void OnWritable(Exchange exchange)
    {
    }

    public void OnAborted(Exchange exchange, EndReason reason) => Aborted(reason);
}
