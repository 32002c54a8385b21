using Roundtrip.Transport.Tls;

namespace Roundtrip.Transport.Tests.Tls;

/// <summary>A client and a server connection with nothing between them but two bounded queues.</summary>
internal sealed class TlsTestPair : IDisposable
{
    private readonly byte[] _wire = new byte[64 * 1024];

    public TlsTestPair(TlsServerContext context, TlsTestClient client, int window = 1 << 20, int ciphertextLimit = 64 * 1024, bool echo = false, TestLoop? loop = null, TlsLoop? tls = null)
    {
        Loop = loop ?? new TestLoop();
        TlsLoop = tls ?? new TlsLoop(Loop) { CiphertextLimit = ciphertextLimit, Observer = Observer };
        Client = client;
        Inner = new MemoryConnection(Loop, window);
        Server = new TlsConnection(TlsLoop, context, Inner);
        Sink = new ServerSink(Server, Loop.Buffers) { Echo = echo };
        Server.Start();
        Sink.Ask();
    }

    public TestLoop Loop { get; }

    /// <summary>Of the pair's own TlsLoop.</summary>
    public RecordingObserver Observer { get; } = new();

    public TlsLoop TlsLoop { get; }

    public TlsTestClient Client { get; }

    public MemoryConnection Inner { get; }

    public TlsConnection Server { get; }

    public ServerSink Sink { get; }

    /// <summary>Moves bytes and runs both sides until nothing moves.</summary>
    /// <param name="step">The most bytes moved towards the server at a time.</param>
    public void Pump(int step = int.MaxValue, int receiveStep = int.MaxValue)
    {
        byte[] held = [];
        for (bool moved = true; moved;)
        {
            moved = false;
            if (!Client.Done && Client.Failure is null)
            {
                Client.Handshake();
            }

            while (true)
            {
                if (held.Length == 0)
                {
                    held = Client.TakeOutput(step);
                }

                int sent = Inner.ClientSend(held);
                held = held[sent..];
                Loop.RunUntilIdle();
                if (sent == 0)
                {
                    break;
                }

                moved = true;
            }

            for (int n; (n = Inner.ClientReceive(_wire.AsSpan(0, Math.Min(receiveStep, _wire.Length)))) > 0;)
            {
                moved = true;
                Client.Feed(_wire.AsSpan(0, n));
                Loop.RunUntilIdle();
                if (!Client.Done)
                {
                    break;
                }
            }
        }
    }

    public void Handshake()
    {
        Pump();
        Assert.True(Client.Done, Client.Failure);
        Assert.True(Server.IsHandshakeComplete);
    }

    /// <summary>Reads in the client until it has <paramref name="count"/> bytes, pumping.</summary>
    public byte[] ClientRead(int count, int step = int.MaxValue)
    {
        byte[] result = new byte[count];
        int at = 0;
        while (at < count)
        {
            int n = Client.Read(result.AsSpan(at));
            if (n == 0)
            {
                Pump(step);
                n = Client.Read(result.AsSpan(at));
                Assert.True(n > 0, $"nothing more came after {at} bytes: {Client.Failure}");
            }

            at += n;
        }

        return result;
    }

    /// <summary>Lets the client take the tickets that came behind the handshake.</summary>
    public nint TakeSession()
    {
        Pump();
        Client.Read(stackalloc byte[1]);
        return Client.TakeSession();
    }

    public void Dispose()
    {
        Server.Close();
        Sink.Output.Clear();
        Loop.RunUntilIdle();
        Client.Dispose();
    }
}
