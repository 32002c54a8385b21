using System.Text;

namespace Roundtrip.Http.Tests;

/// <summary>Takes any upgrade to <c>example</c>, and sends back what comes through the tunnel, in capitals; it ends it when the client does. Anything else it answers at once.</summary>
public sealed class TunnelHandler(TestHost host) : IExchangeHandler
{
    private readonly byte[] _piece = new byte[64];

    public string Name => "tunnel";

    public static void Start(TestHost host, Exchange exchange)
    {
        if (exchange.AsksFor("example"u8))
        {
            exchange.Handler = new TunnelHandler(host);
            exchange.AcceptUpgrade("example"u8, FieldBlock.Create(("X-Accepted", "yes")));
            exchange.Handler.OnBodyReadable(exchange);
        }
        else
        {
            Handlers.AnswerAtOnce(host, exchange);
        }
    }

    public void OnBodyReadable(Exchange exchange)
    {
        while (exchange.ReadBody(_piece) is var read && read.Status != BodyReadStatus.NotYet)
        {
            if (read.Status != BodyReadStatus.Data)
            {
                host.Note($"tunnel {read.Status}");
                exchange.Write("bye"u8);
                exchange.Complete();
                return;
            }

            exchange.Write(Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(_piece, 0, read.Count).ToUpperInvariant()));
        }
    }

    public void OnWritable(Exchange exchange) => host.Note("writable");

    public void OnAborted(Exchange exchange, Core.EndReason reason) => host.Note($"aborted {reason}");
}
