using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Roundtrip.Core;
using Roundtrip.Transport.Epoll;

namespace Roundtrip.Transport.Tests;

public sealed partial class EpollTransportTests : TransportContract
{
    protected override ITransportFixture Open() => new Fixture();

    [Fact]
    public void Work_posted_to_a_loop_that_is_gone_touches_no_other_descriptor()
    {
        var loop = new EpollLoop();
        loop.Dispose();

        // One of these has the number that the loop's eventfd had.
        FileStream[] files = [.. Enumerable.Range(0, 32).Select(_ => new FileStream(
            Path.GetTempFileName(), new FileStreamOptions { Access = FileAccess.Write, Options = FileOptions.DeleteOnClose }))];
        loop.Post(new Nothing());
        Assert.All(files, file => Assert.Equal(0, file.Length));
        Array.ForEach(files, file => file.Dispose());
    }

    [Fact]
    public void What_a_connection_that_was_reset_had_not_sent_keeps_nobody_from_writing_which_tells()
    {
        using ITransportFixture fixture = Open();
        Assert.True(fixture.Server.SendRoom > 0);
        var queue = new OutputQueue(new BufferPool());
        queue.Write(new byte[32 * 1024 * 1024]);

        // The client reads some, so that there is a rate, and then no more.
        int received = 0;
        fixture.Until(() =>
        {
            fixture.Server.Write(queue, 256 * 1024);
            received += received < 4 * 1024 * 1024 ? fixture.Client.Receive()!.Length : 0;
            return received >= 4 * 1024 * 1024 && fixture.Server.SendRoom <= 0;
        });

        fixture.Client.ShutdownSend();
        fixture.Client.Reset();
        fixture.Until(() => fixture.Server.SendRoom > 0);
        Assert.Equal(IoStatus.Failed, fixture.Server.Write(queue, long.MaxValue).Status);
    }

    [Fact]
    public void A_link_local_address_is_listened_at_on_its_interface()
    {
        IPAddress? address = NetworkInterface.GetAllNetworkInterfaces()
            .Where(it => it.OperationalStatus == OperationalStatus.Up)
            .SelectMany(it => it.GetIPProperties().UnicastAddresses)
            .Select(it => it.Address)
            .FirstOrDefault(it => it.IsIPv6LinkLocal);
        Assert.SkipWhen(address is null, "this machine has no link-local address");
        using var loop = new EpollLoop();

        ITransportListener listener = loop.Listen(PeerAddress.From(address, 0), _ => { });
        Assert.Equal(address, listener.Address.ToIPAddress());
        TransportException error = Assert.Throws<TransportException>(
            () => loop.Listen(PeerAddress.From(new IPAddress(address.GetAddressBytes()), 0), _ => { }));
        Assert.Contains("needs an interface of this machine", error.Message, StringComparison.Ordinal);
        listener.Close();
    }

    [Fact]
    public void A_listener_that_the_system_took_away_is_said_and_does_not_keep_the_loop_busy()
    {
        using var loop = new EpollLoop();
        var failures = new List<(EndReason, string)>();
        loop.AcceptFailed = (reason, detail) => failures.Add((reason, detail));
        var listener = (EpollListener)loop.Listen(PeerAddress.From(IPAddress.Loopback, 0), _ => { });

        // As "ss -K" has it: no socket that listens any more, which epoll tells at every turn, asked or not.
        Assert.Equal(0, ShutDown(listener.Descriptor, (int)SocketShutdown.Both));
        int turns = 0;
        for (long began = Environment.TickCount64; Environment.TickCount64 < began + 500; turns++)
        {
            loop.RunOnce(50);
        }

        Assert.Equal((EndReason.AcceptFailed, "Invalid argument"), failures[0]);
        Assert.InRange(turns, 5, 50);
        Assert.InRange(failures.Count, 2, 10);
        listener.Close();
    }

    [LibraryImport("libc", EntryPoint = "shutdown")]
    private static partial int ShutDown(int descriptor, int how);

    private sealed class Nothing : ILoopWork
    {
        public void Run()
        {
        }
    }

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
