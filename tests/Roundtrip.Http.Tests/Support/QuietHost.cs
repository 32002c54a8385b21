using Roundtrip.Core;
using Roundtrip.Http.Http1;

namespace Roundtrip.Http.Tests;

/// <summary>A host that keeps nothing.</summary>
public sealed class QuietHost(TestHost inner, Action<Exchange> starter) : IConnectionHost
{
    private InputBuffer _input;
    private IConnectionEngine _engine = null!;

    public int Ended { get; private set; }

    public IConnectionEngine Engine => _engine;

    /// <summary>Whether the peer may do wrong.</summary>
    public bool TakesReports { get; init; }

    public PeerAddress Remote => default;

    public PeerAddress Local => default;

    public bool IsSecure { get; init; }

    public string? ServerName => null;

    public object? SiteState { get; set; }

    public ref InputBuffer Input => ref _input;

    public OutputQueue Output => inner.Output;

    public long OutputLength => inner.Output.Length;

    public BufferPool Buffers => inner.Buffers;

    public long Now => 0;

    public ReadOnlySpan<byte> Date => "Mon, 23 Nov 2026 21:00:00 GMT"u8;

    public HttpLimits Limits => inner.Limits;

    public StatusLines StatusLines => inner.StatusLines;

    public void Use(IConnectionEngine engine) => _engine = engine;

    /// <summary>Brings bytes and takes all that is sent for them.</summary>
    public void Serve(ReadOnlySpan<byte> batch)
    {
        batch.CopyTo(_input.Reserve(Buffers, batch.Length));
        _input.Commit(batch.Length);
        _engine.Receive(0);
        do
        {
            _engine.Produce(0, 64 * 1024);
            Output.Consume(Output.Length);
            _engine.Drained(0);
        }
        while (!Output.IsEmpty || _engine.Waiting > 0);

        _input.Release(Buffers);
    }

    public void UseLimits(HttpLimits limits) => inner.UseLimits(limits);

    public void Wake() => throw new NotSupportedException();

    public void Start(Exchange exchange) => starter(exchange);

    public void ExchangeEnded(Exchange exchange) => Ended++;

    public void Report(in ProtocolError error)
    {
        if (!TakesReports)
        {
            throw new NotSupportedException();
        }
    }

    public void SwitchTo(IConnectionEngine next) => throw new NotSupportedException();
}
