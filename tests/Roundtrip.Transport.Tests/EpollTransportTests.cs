using System.Net;
using System.Net.Sockets;
using Roundtrip.Core;
using Roundtrip.Transport.Epoll;

namespace Roundtrip.Transport.Tests;

public sealed class EpollTransportTests : TransportContract
{
    protected override ITransportFixture Open() => new Fixture();

    private sealed class Fixture : ITransportFixture
    {
        private readonly EpollLoop _loop = new();

        public Fixture()
        {
            ITransportListener listener = _loop.Listen(PeerAddress.From(IPAddress.Loopback, 0), c =>
            {
                Server = c;
                c.Sink = Sink;
            });
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(IPAddress.Loopback, listener.Address.Port);
            Client = new SocketClient(socket);

            // The listener waits for the first byte (TCP_DEFER_ACCEPT): one is sent and read here.
            Client.Send([0]);
            ((ITransportFixture)this).Until(() => Server is not null);
            Assert.Equal(1, Server!.Read(new byte[1]).Count);
        }

        public EventLoop Loop => _loop;

        public TransportConnection Server { get; private set; } = null!;

        public RecordingSink Sink { get; } = new();

        public IClient Client { get; }

        public void Pump() => _loop.RunOnce(10);

        public void Dispose()
        {
            ((SocketClient)Client).Dispose();
            _loop.Dispose();
        }
    }

    private sealed class SocketClient(Socket socket) : IClient, IDisposable
    {
        private readonly byte[] _buffer = new byte[256 * 1024];

        public void Send(ReadOnlySpan<byte> bytes) => Assert.Equal(bytes.Length, socket.Send(bytes));

        public byte[]? Receive()
        {
            try
            {
                if (!socket.Poll(1000, SelectMode.SelectRead))
                {
                    return [];
                }

                int count = socket.Receive(_buffer);
                return count == 0 ? null : _buffer[..count];
            }
            catch (SocketException reset)
            {
                throw new IOException("reset", reset);
            }
        }

        public void ShutdownSend() => socket.Shutdown(SocketShutdown.Send);

        public void Reset()
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Close();
        }

        public void Dispose() => socket.Dispose();
    }
}
