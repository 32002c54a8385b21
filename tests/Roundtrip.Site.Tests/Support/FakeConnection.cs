using Roundtrip.Core;
using Roundtrip.Http;

namespace Roundtrip.Site.Tests.Support;

internal sealed class FakeConnection : IConnectionHost
{
    private InputBuffer _input;

    public PeerAddress Remote { get; set; } = PeerAddress.FromIPv4(0xC0000201, 50_000);

    public PeerAddress Local { get; set; } = PeerAddress.FromIPv4(0x7F000001, 8080);

    public bool IsSecure => false;

    public string? ServerName { get; set; }

    public object? SiteState { get; set; }

    public ref InputBuffer Input => ref _input;

    public OutputQueue Output => throw new NotSupportedException();

    public long OutputLength => 0;

    public BufferPool Buffers { get; } = new();

    public long Now => 0;

    public ReadOnlySpan<byte> Date => "Sun, 06 Nov 1994 08:49:37 GMT"u8;

    public HttpLimits Limits { get; private set; } = HttpLimits.Default;

    public Http.Http1.StatusLines StatusLines => Http.Http1.StatusLines.Default;

    public void UseLimits(HttpLimits limits) => Limits = limits;

    public void Wake()
    {
    }

    public void Start(Exchange exchange) => throw new NotSupportedException();

    public void ExchangeEnded(Exchange exchange) => throw new NotSupportedException();

    public void Report(in ProtocolError error) => throw new NotSupportedException();

    public void SwitchTo(IConnectionEngine next) => throw new NotSupportedException();
}
