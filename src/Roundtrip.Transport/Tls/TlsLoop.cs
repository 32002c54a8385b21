using System.Runtime.ExceptionServices;
using System.Text;
using Roundtrip.Core;

namespace Roundtrip.Transport.Tls;

/// <summary>What the TLS connections of one loop share, so that an idle one holds next to nothing: scratch memory, queues, names.</summary>
/// <param name="loop">The loop on which all of it is used.</param>
public sealed class TlsLoop(EventLoop loop) : ILoopWork
{
    /// <summary>The most plaintext that is gathered at once: eight full records, as many as wait encrypted, so that a file is read and sent by as few calls as may be.</summary>
    internal const int ScratchSize = 8 * TlsConnection.MaximumRecord;

    private const int KeptQueues = 64;

    private readonly Stack<OutputQueue> _queues = new();
    private readonly Dictionary<nint, string> _cipherNames = [];
    private readonly List<DrainingConnection> _draining = [];
    private List<TlsConnection> _ready = [];
    private List<TlsConnection> _running = [];
    private byte[]? _scratch;
    private nint _bio;
    private string _lastName = "";
    private TlsFacts? _lastFacts;
    private ExceptionDispatchInfo? _fault;

    internal EventLoop Loop => loop;

    internal IdleBuffers IdleBuffers { get; } = new(loop.Timers);

    /// <summary>Is told of connections that fail.</summary>
    public ITlsObserver? Observer { get; init; }

    /// <summary>Whether connections that are closed still send what was written before.</summary>
    public bool IsDraining => _draining.Count > 0;

    /// <summary>Called on the loop when <see cref="IsDraining"/> has become false.</summary>
    public Action? Drained { get; set; }

    /// <summary>Resets the connections that are closed and still send.</summary>
    public void ResetDraining()
    {
        foreach (DrainingConnection connection in _draining.ToArray())
        {
            connection.Reset();
        }
    }

    /// <summary>How many bytes of ciphertext may wait on a connection before no more is encrypted. A record may go beyond it.</summary>
    internal int CiphertextLimit { get; init; } = TransportConnection.Unhurried;

    /// <summary>Pinned memory whose content lasts until the end of the call that uses it.</summary>
    internal byte[] Scratch => _scratch ??= GC.AllocateUninitializedArray<byte>(ScratchSize, pinned: true);

    /// <summary>A reference to the loop's <see cref="ConnectionBio"/>, which SSL_set_bio takes over.</summary>
    internal nint RentBio()
    {
        // The loop keeps one for itself, until the process ends as loops do.
        _bio = _bio != 0 ? _bio : ConnectionBio.Create();
        _ = LibCrypto.BIO_up_ref(_bio);
        return _bio;
    }

    internal void Add(DrainingConnection connection) => _draining.Add(connection);

    internal void Remove(DrainingConnection connection)
    {
        _draining.Remove(connection);
        if (!IsDraining)
        {
            Drained?.Invoke();
        }
    }

    internal OutputQueue RentQueue() => _queues.TryPop(out OutputQueue? queue) ? queue : new OutputQueue(loop.Buffers);

    /// <summary>Takes back a queue, which is empty.</summary>
    internal void ReturnQueue(OutputQueue queue)
    {
        if (_queues.Count < KeptQueues)
        {
            _queues.Push(queue);
        }
    }

    /// <summary>Has the connection called again soon: OpenSSL holds input for it, of which the socket says nothing.</summary>
    internal void Enqueue(TlsConnection connection)
    {
        if (_ready.Count == 0)
        {
            loop.Post(this);
        }

        _ready.Add(connection);
    }

    void ILoopWork.Run()
    {
        // What becomes ready meanwhile waits for the next turn, so that one busy client does not hold the loop.
        (_running, _ready) = (_ready, _running);
        try
        {
            foreach (TlsConnection connection in _running)
            {
                connection.Continue();
            }
        }
        finally
        {
            _running.Clear();
        }
    }

    /// <summary>The name as a string. Neighbours mostly ask for the same one, and then share it.</summary>
    internal string NameOf(ReadOnlySpan<byte> ascii)
    {
        if (!Ascii.Equals(ascii, _lastName))
        {
            _lastName = Encoding.ASCII.GetString(ascii);
        }

        return _lastName;
    }

    /// <summary>The same facts in one object, where a neighbour has them.</summary>
    internal TlsFacts Share(TlsFacts facts) => _lastFacts = _lastFacts == facts ? _lastFacts : facts;

    /// <summary>A suite's name, from OpenSSL's constant text.</summary>
    internal string CipherName(nint text)
    {
        if (!_cipherNames.TryGetValue(text, out string? name))
        {
            name = System.Runtime.InteropServices.Marshal.PtrToStringUTF8(text) ?? "";
            _cipherNames.Add(text, name);
        }

        return name;
    }

    /// <summary>Keeps an exception that was thrown below a native frame until that frame has returned.</summary>
    internal void SetFault(Exception e) => _fault ??= ExceptionDispatchInfo.Capture(e);

    internal void ThrowFault()
    {
        if (_fault is { } fault)
        {
            _fault = null;
            fault.Throw();
        }
    }
}
