using System.Globalization;
using System.Text;
using Roundtrip.Http;
using Roundtrip.Server;

namespace Roundtrip.Bench.Sink;

/// <summary>An access log of a line an exchange, much like the common format: everybody has one.</summary>
internal sealed class LineLog(string path) : IExchangeObserver, IDisposable
{
    private readonly FileStream _file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 16 * 1024);

    public void Ended(Exchange exchange)
    {
        string line = string.Create(CultureInfo.InvariantCulture,
            $"{exchange.Connection.Remote} - - [{DateTime.UtcNow:dd/MMM/yyyy:HH:mm:ss} +0000] \"{Encoding.Latin1.GetString(exchange.Request.MethodName)} {Encoding.Latin1.GetString(exchange.Request.Target)}\" {exchange.Status} {exchange.ContentSent}\n");
        _file.Write(Encoding.Latin1.GetBytes(line));
    }

    public void EndOfBatch(long now)
    {
    }

    public void EndOfLoop() => Dispose();

    public void Dispose() => _file.Dispose();
}
