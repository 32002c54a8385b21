using Roundtrip.Core;
using Roundtrip.Http;

namespace Roundtrip.Bench.Sink;

/// <summary>Answers POST when all of its content was read, and GET with the files of a folder, which are in memory.</summary>
internal sealed class SinkSite(string folder) : IExchangeStarter, IExchangeHandler
{
    private static readonly byte[] Answer = Pinned("ok\n"u8);

    private readonly Dictionary<string, byte[]> _files = Directory.GetFiles(folder).ToDictionary(path => $"/{Path.GetFileName(path)}", path => Pinned(File.ReadAllBytes(path)));
    private readonly byte[] _piece = new byte[64 * 1024];

    public string Name => "sink";

    public void Start(Exchange exchange)
    {
        if (exchange.Request.Method == Method.Post)
        {
            exchange.Handler = this;
            OnBodyReadable(exchange);
        }
        else if (_files.TryGetValue(System.Text.Encoding.ASCII.GetString(exchange.Request.Path), out byte[]? file))
        {
            Respond(exchange, 200, file);
        }
        else
        {
            Respond(exchange, 404, []);
        }
    }

    public void OnBodyReadable(Exchange exchange)
    {
        // One loop, so one piece of memory for all.
        BodyReadStatus status;
        do
        {
            status = exchange.ReadBody(_piece).Status;
        }
        while (status == BodyReadStatus.Data);

        if (status == BodyReadStatus.End)
        {
            Respond(exchange, 200, Answer);
        }
    }

    public void OnWritable(Exchange exchange)
    {
    }

    public void OnAborted(Exchange exchange, EndReason reason)
    {
    }

    private static void Respond(Exchange exchange, int status, byte[] content)
    {
        exchange.Respond(status, FieldBlock.Empty, content.Length);
        exchange.WriteShared(content, 0, content.Length);
        exchange.Complete();
    }

    private static byte[] Pinned(ReadOnlySpan<byte> bytes)
    {
        byte[] pinned = GC.AllocateUninitializedArray<byte>(bytes.Length, pinned: true);
        bytes.CopyTo(pinned);
        return pinned;
    }
}
