using Roundtrip.Core;
using Roundtrip.Transport.InMemory;

namespace Roundtrip.Transport.Tests;

public sealed class InMemoryTransportTests : TransportContract
{
    protected override ITransportFixture Open() => new Fixture();

    private sealed class Fixture : ITransportFixture
    {
        private static readonly PeerAddress Address = PeerAddress.FromIPv4(0x7F000001, 80);
        private readonly InMemoryLoop _loop = new();

        public Fixture()
        {
            _loop.Listen(Address, c =>
            {
                Server = c;
                c.Sink = Sink;
            });
            Client = new InMemoryClient(_loop.Connect(Address));
        }

        public EventLoop Loop => _loop;

        public TransportConnection Server { get; private set; } = null!;

        public RecordingSink Sink { get; } = new();

        public IClient Client { get; }

        public void Pump() => _loop.RunOneTurn();

        public void Dispose()
        {
        }
    }

    private sealed class InMemoryClient(InMemoryConnection connection) : IClient
    {
        private readonly OutputQueue _queue = new(new BufferPool());

        public void Send(ReadOnlySpan<byte> bytes)
        {
            _queue.Write(bytes);
            Assert.Equal(bytes.Length, connection.Write(_queue, long.MaxValue).Count);
        }

        public byte[]? Receive()
        {
            byte[] buffer = new byte[64 * 1024];
            IoResult result = connection.Read(buffer);
            return result.Status switch
            {
                IoStatus.Done => buffer[..(int)result.Count],
                IoStatus.WouldBlock => [],
                IoStatus.End => null,
                _ => throw new IOException(result.Reason.ToString()),
            };
        }

        public void ShutdownSend() => connection.ShutdownWrite();

        public void Reset() => connection.Reset();
    }
}
