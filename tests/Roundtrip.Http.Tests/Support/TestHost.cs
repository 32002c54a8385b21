using System.Buffers;
using System.Text;
using Roundtrip.Core;
using Roundtrip.Http.Http1;
using Roundtrip.Http.Http2;

namespace Roundtrip.Http.Tests;

/// <summary>
/// A connection without a network: takes bytes in whatever pieces, gives them to an engine as the driver would, and keeps what happened.
/// It sends all output after each call unless <see cref="IsReading"/> is false.
/// </summary>
public sealed class TestHost(Action<Exchange> starter) : IConnectionHost
{
    private readonly List<string> _events = [];
    private readonly ArrayBufferWriter<byte> _sent = new();
    private InputBuffer _input;
    private OutputQueue? _output;
    private byte[] _unfed = [];

    public IConnectionEngine Engine { get; private set; } = null!;

    public PeerAddress Remote { get; } = PeerAddress.FromIPv4(0x7F000001, 40000);

    public PeerAddress Local { get; } = PeerAddress.FromIPv4(0x7F000001, 80);

    public bool IsSecure { get; init; }

    public Http2Cleartext Http2Cleartext { get; init; }

    public string? ServerName => null;

    public object? SiteState { get; set; }

    public ref InputBuffer Input => ref _input;

    public OutputQueue Output => _output ??= new OutputQueue(Buffers);

    public long OutputLength => _output?.Length ?? 0;

    public BufferPool Buffers { get; } = new();

    public long Now { get; set; } = 1_000_000;

    public ReadOnlySpan<byte> Date => "Mon, 23 Nov 2026 21:00:00 GMT"u8;

    public HttpLimits Limits { get; set; } = HttpLimits.Default;

    public StatusLines StatusLines { get; set; } = StatusLines.Default;

    /// <summary>Whether the peer takes what is sent to it.</summary>
    public bool IsReading { get; set; } = true;

    /// <summary>Whether the engine waits for a further request, and has done so since now.</summary>
    public bool IsIdle => Engine.WantsInput && Engine.NextDeadline == Now + Limits.KeepAliveTimeout;

    /// <summary>How much the network takes up at a time.</summary>
    public int ProduceRoom { get; set; } = 64 * 1024;

    /// <summary>How many bytes of what was fed go into the input at a time.</summary>
    public int PieceSize { get; init; } = BufferPool.SegmentSize;

    /// <summary>Whether what was fed can be read past the input.</summary>
    public bool ReadsThrough { get; init; }

    /// <summary>How many bytes were read past the input.</summary>
    public long ReadPast { get; private set; }

    /// <summary>How many bytes leave at once from where they lie.</summary>
    public int SendsThrough { get; set; }

    public int Wakes { get; private set; }

    /// <summary>What the last response that ended said of its connection.</summary>
    public string SentConnectionOption { get; private set; } = "";

    /// <summary>What the engine told the host, in order: <c>start</c>, <c>report</c>, <c>end</c>, <c>switch</c>, and what tests add.</summary>
    public IReadOnlyList<string> Events => _events;

    public ReadOnlySpan<byte> SentBytes => _sent.WrittenSpan;

    public string Sent => Encoding.Latin1.GetString(_sent.WrittenSpan);

    public bool IsSwitched { get; private set; }

    public TestHost Use(IConnectionEngine engine)
    {
        Engine = engine;
        return this;
    }

    public void Note(string what) => _events.Add(what);

    public void Feed(string text) => Feed(Encoding.Latin1.GetBytes(text));

    /// <summary>Brings bytes as far as the engine wants them; the rest waits, as in a socket.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        _unfed = [.. _unfed, .. bytes];
        Pump();
    }

    public void FeedEnd()
    {
        Pump();
        Engine.ReceiveEnd(Now);
        Send();
    }

    /// <summary>Sets the clock and calls the engine when its deadline has passed.</summary>
    public void Advance(long milliseconds)
    {
        Now += milliseconds;
        if (Engine.NextDeadline <= Now)
        {
            Engine.OnDeadline(Now);
        }

        Pump();
    }

    /// <summary>Sends what waits, up to <paramref name="most"/> bytes, and tells the engine as the driver does.</summary>
    public void Send(long most = long.MaxValue)
    {
        long sent;
        do
        {
            if (IsReading && Engine.Waiting > 0)
            {
                Engine.Produce(Now, ProduceRoom);
            }

            long before = OutputLength;
            SendOnce(most);
            sent = before - OutputLength;
            if (sent > 0 && OutputLength <= IConnectionEngine.LowWater)
            {
                Engine.Drained(Now);
            }
        }
        while (IsReading && most == long.MaxValue && (OutputLength > 0 || (sent > 0 && Engine.Waiting > 0)));
    }

    /// <summary>Gives the engine what it wants of the bytes that were fed, until nothing moves.</summary>
    public void Pump()
    {
        Send();
        while (_unfed.Length > 0 && Engine.WantsInput && Engine.Closing == ConnectionClose.None && !IsSwitched)
        {
            int count = Math.Min(_unfed.Length, PieceSize);
            _unfed.AsSpan(0, count).CopyTo(_input.Reserve(Buffers, count));
            _input.Commit(count);
            _unfed = _unfed[count..];
            Engine.Receive(Now);
            _input.Release(Buffers);
            Send();
        }
    }

    public void End(EndReason reason)
    {
        Engine.Ended(reason);
        _input.Clear(Buffers);
        _output?.Clear();
    }

    public int ReadThrough(Span<byte> destination)
    {
        if (_input.Length > 0)
        {
            throw new InvalidOperationException("What was read before would be passed over.");
        }

        int count = ReadsThrough ? Math.Min(destination.Length, _unfed.Length) : 0;
        _unfed.AsSpan(0, count).CopyTo(destination);
        _unfed = _unfed[count..];
        ReadPast += count;
        return count;
    }

    public int SendThrough(ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(bytes.Length, SendsThrough);
        if (count > 0)
        {
            SendOnce(long.MaxValue - 1);
            _sent.Write(bytes[..count]);
            SendsThrough -= count;
        }

        return count;
    }

    public void UseLimits(HttpLimits limits) => Limits = limits;

    public void Wake() => Wakes++;

    public void Start(Exchange exchange)
    {
        RequestHead request = exchange.Request;
        _events.Add($"start {Latin1(request.MethodName)} {Latin1(request.Path)}");
        starter(exchange);
    }

    public void ExchangeEnded(Exchange exchange)
    {
        _events.Add($"end {Latin1(exchange.Request.MethodName)} {exchange.Status} {exchange.ContentSent} {exchange.EndReason}");
        SentConnectionOption = Latin1(exchange.SentConnectionOption);
    }

    public void Report(in ProtocolError error) => _events.Add($"report {error.Reason} {error.Code} {error.Origin}");

    public void SwitchTo(IConnectionEngine next)
    {
        if (next is Http2Connection)
        {
            // As the driver does: what is left of the input is the new engine's.
            Engine = next;
            next.Receive(Now);
            return;
        }

        _events.Add($"switch {Latin1(_input.Unread)}");
        IsSwitched = true;
    }

    public static string Latin1(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    private void SendOnce(long most)
    {
        if (!IsReading && most == long.MaxValue)
        {
            return;
        }

        while (_output is { IsEmpty: false } output && most > 0)
        {
            OutputSegment segment = output.Segments[0];
            int count = (int)Math.Min(Math.Min(segment.Length, most), 8192);
            if (segment.File is null)
            {
                _sent.Write(segment.Span[..count]);
            }
            else
            {
                byte[] piece = new byte[count];
                segment.File.Read(segment.Offset, piece);
                _sent.Write(piece);
            }

            output.Consume(count);
            most -= count;
        }
    }
}
