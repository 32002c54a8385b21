using System.Text;
using Roundtrip.Core;

namespace Roundtrip.Http.Tests;

/// <summary>Small handlers for tests.</summary>
public static class Handlers
{
    /// <summary>Reads the whole body, then answers 200 with the method, the target and the body.</summary>
    public static void Echo(TestHost host, Exchange exchange) => new EchoHandler(host).Begin(exchange);

    /// <summary>Answers 200 at once, without a look at the body.</summary>
    public static void AnswerAtOnce(TestHost host, Exchange exchange)
    {
        exchange.Respond(200, FieldBlock.Empty, 2);
        exchange.Write("ok"u8);
        exchange.Complete();
    }

    /// <summary>Keeps the exchange and never answers; notes what it is told.</summary>
    public static void Hold(TestHost host, Exchange exchange) => exchange.Handler = new HoldingHandler(host);

    private sealed class EchoHandler(TestHost host) : IExchangeHandler
    {
        private readonly byte[] _piece = new byte[64];
        private readonly StringBuilder _content = new();

        public string Name => "echo";

        public void Begin(Exchange exchange)
        {
            exchange.Handler = this;
            OnBodyReadable(exchange);
        }

        public void OnBodyReadable(Exchange exchange)
        {
            while (true)
            {
                BodyRead read = exchange.ReadBody(_piece);
                switch (read.Status)
                {
                    case BodyReadStatus.Data:
                        _content.Append(Encoding.Latin1.GetString(_piece, 0, read.Count));
                        break;

                    case BodyReadStatus.End:
                        byte[] content = Encoding.Latin1.GetBytes(
                            $"{TestHost.Latin1(exchange.Request.MethodName)} {TestHost.Latin1(exchange.Request.Target)} [{_content}]\n");
                        exchange.Respond(200, FieldBlock.Empty, content.Length);
                        exchange.Write(content);
                        exchange.Complete();
                        return;

                    default:
                        return;
                }
            }
        }

        public void OnWritable(Exchange exchange) => host.Note("writable");

        public void OnAborted(Exchange exchange, EndReason reason) => host.Note($"aborted {reason}");
    }
}
