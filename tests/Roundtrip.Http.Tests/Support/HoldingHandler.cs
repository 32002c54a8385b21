using Roundtrip.Core;

namespace Roundtrip.Http.Tests;

/// <summary>A handler that does nothing by itself and notes what it is told.</summary>
public sealed class HoldingHandler(TestHost host) : IExchangeHandler
{
    public string Name => "hold";

    public void OnBodyReadable(Exchange exchange) => host.Note("readable");

    public void OnWritable(Exchange exchange) => host.Note("writable");

    public void OnStopping(Exchange exchange) => host.Note("stopping");

    public void OnAborted(Exchange exchange, EndReason reason) => host.Note($"aborted {reason}");
}
