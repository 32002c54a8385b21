using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Roundtrip.Core;
using Roundtrip.Packets.Dns;
using Roundtrip.Tools.Names.Delegation;

namespace Roundtrip.Tools.Tests;

/// <summary>One question to a server on this machine that answers as it likes.</summary>
public sealed class DnsExchangeTests : IDisposable
{
    private static readonly PeerAddress Loopback = PeerAddress.From(IPAddress.Loopback, 0);

    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly DnsExchange _exchange;
    private readonly DnsExchange _patient;

    public DnsExchangeTests()
    {
        _server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)_server.LocalEndPoint!).Port;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.Listen();
        _exchange = new DnsExchange((ushort)port);

        // Whoever is answered is answered also where the machine is slow, and a test that is not asked ends.
        _patient = new DnsExchange((ushort)port) { Patience = TimeSpan.FromSeconds(20) };
        _server.ReceiveTimeout = 20_000;
    }

    public void Dispose()
    {
        _server.Dispose();
        _listener.Dispose();
    }

    [Fact]
    public async Task The_answer_to_the_question_is_taken()
    {
        Assert.Equal("192.0.2.1", await Ask((question, client) => _server.SendTo(Answer(question, 1), client)));
    }

    [Fact]
    public async Task Answers_with_another_number_or_question_are_passed_over()
    {
        Assert.Equal("192.0.2.1", await Ask((question, client) =>
        {
            byte[] otherId = Answer(question, 66);
            otherId[1] ^= 1;
            byte[] otherName = Answer(question, 66);
            otherName[13] ^= 1;
            byte[] otherType = Answer(question, 66);
            otherType[question.Length - 3] ^= 1;
            byte[] noAnswer = [.. question];
            foreach (byte[] forged in (byte[][])[otherId, otherName, otherType, noAnswer, [], [1, 2, 3], Answer(question, 1)])
            {
                _server.SendTo(forged, client);
            }
        }));
    }

    [Fact]
    public async Task An_answer_from_another_address_or_port_is_not_let_in()
    {
        Assert.Equal("192.0.2.1", await Ask((question, client) =>
        {
            using var port = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            port.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            port.SendTo(Answer(question, 66), client);
            using var address = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            address.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), ((IPEndPoint)_server.LocalEndPoint!).Port));
            address.SendTo(Answer(question, 66), client);

            // What was sent before is before it in the queue of a socket on this machine.
            _server.SendTo(Answer(question, 1), client);
        }));
    }

    [Fact]
    public async Task Numbers_and_ports_are_not_those_of_the_question_before()
    {
        var seen = new HashSet<(int, int)>();
        for (int i = 0; i < 20; i++)
        {
            await Ask((question, client) =>
            {
                seen.Add((BinaryPrimitives.ReadUInt16BigEndian(question), ((IPEndPoint)client).Port));
                _server.SendTo(Answer(question, 1), client);
            });
        }

        Assert.InRange(seen.Select(pair => pair.Item1).Distinct().Count(), 18, 20);
        Assert.InRange(seen.Select(pair => pair.Item2).Distinct().Count(), 10, 20);
    }

    [Fact]
    public async Task What_is_truncated_is_asked_by_TCP()
    {
        Task serving = Task.Run(async () =>
        {
            using Socket client = await _listener.AcceptAsync();
            using var stream = new NetworkStream(client);
            byte[] length = new byte[2];
            await stream.ReadExactlyAsync(length);
            byte[] question = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
            await stream.ReadExactlyAsync(question);
            byte[] answer = Answer(WithoutEdns(question), 7);

            // Byte by byte, as a stream may come.
            foreach (byte value in (byte[])[(byte)(answer.Length >> 8), (byte)answer.Length, .. answer])
            {
                stream.WriteByte(value);
            }
        });

        Assert.Equal("192.0.2.7", await Ask(Truncate));
        await serving;
    }

    [Fact]
    public async Task A_server_that_closes_or_is_silent_by_TCP_has_given_no_answer()
    {
        Task serving = Task.Run(async () => (await _listener.AcceptAsync()).Dispose());
        Assert.Null(await Ask(Truncate));
        await serving;

        Assert.Null(await Ask(Truncate, _exchange));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(4, true)]
    public async Task A_server_that_does_not_know_EDNS_is_asked_without(byte code, bool repeatsQuestion)
    {
        int plain = 0;
        Task serving = Task.Run(() =>
        {
            byte[] buffer = new byte[512];
            EndPoint client = new IPEndPoint(IPAddress.Any, 0);
            byte[] question = WithoutEdns(buffer[.._server.ReceiveFrom(buffer, ref client)]);
            (question[2], question[3], question[5]) = (0x80, code, (byte)(repeatsQuestion ? 1 : 0));
            _server.SendTo(repeatsQuestion ? question : question[..12], client);

            question = buffer[.._server.ReceiveFrom(buffer, ref client)];
            plain = question[11];
            _server.SendTo(Answer(question, 9), client);
        });
        Assert.True(DnsName.TryParse("host.example", out DnsName name));

        DnsMessage? message = await _patient.Ask(Loopback, name, DnsType.A, CancellationToken.None);
        await serving;

        Assert.Equal(("192.0.2.9", 0), (message?.Answers[0].Address?.ToIPAddress().ToString(), plain));
    }

    [Fact]
    public async Task One_that_refuses_any_form_is_asked_twice_and_no_more()
    {
        int asked = 0;
        Task serving = Task.Run(() =>
        {
            byte[] buffer = new byte[512];
            _server.ReceiveTimeout = 1500;
            try
            {
                while (true)
                {
                    EndPoint client = new IPEndPoint(IPAddress.Any, 0);
                    byte[] answer = buffer[.._server.ReceiveFrom(buffer, ref client)];
                    (answer[2], answer[3]) = (0x80, 1);
                    asked++;
                    _server.SendTo(answer, client);
                }
            }
            catch (SocketException)
            {
            }
        });
        Assert.True(DnsName.TryParse("host.example", out DnsName name));

        Assert.Equal(DnsResponseCode.FormatError, (await _patient.Ask(Loopback, name, DnsType.A, CancellationToken.None))?.ResponseCode);
        await serving;
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Silence_is_no_answer_within_a_second()
    {
        long begun = Environment.TickCount64;
        Assert.Null(await Ask((_, _) => { }, _exchange));
        Assert.InRange(Environment.TickCount64 - begun, 500, 3000);
    }

    private void Truncate(byte[] question, EndPoint client)
    {
        byte[] answer = [.. question];
        answer[2] = 0x86;
        _server.SendTo(answer, client);
    }

    private async Task<string?> Ask(Action<byte[], EndPoint> onQuestion, DnsExchange? exchange = null)
    {
        Task serving = Task.Run(() =>
        {
            byte[] buffer = new byte[512];
            EndPoint client = new IPEndPoint(IPAddress.Any, 0);
            onQuestion(WithoutEdns(buffer[.._server.ReceiveFrom(buffer, ref client)]), client);
        });
        Assert.True(DnsName.TryParse("host.example", out DnsName name));
        DnsMessage? message = await (exchange ?? _patient).Ask(Loopback, name, DnsType.A, CancellationToken.None);
        await serving;
        return message?.Answers[0].Address?.ToIPAddress().ToString();
    }

    // Answers are made of questions, and repeat no more than what was asked.
    private static byte[] WithoutEdns(byte[] question)
    {
        Assert.Equal(1, question[11]);
        Assert.Equal([0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0], question[^11..]);
        question[11] = 0;
        return question[..^11];
    }

    private static byte[] Answer(byte[] question, byte last)
    {
        byte[] answer = [.. question, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, last];
        (answer[2], answer[7]) = (0x84, 1);
        return answer;
    }
}
