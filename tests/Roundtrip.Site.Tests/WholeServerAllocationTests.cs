using System.Net;
using System.Net.Sockets;
using Roundtrip.Configuration;
using Roundtrip.Configuration.Loading;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Server;
using Roundtrip.Server.Logs;
using Roundtrip.Site.Serving;

namespace Roundtrip.Site.Tests;

// What is counted is the process's: no other test may run meanwhile.
[CollectionDefinition("alone", DisableParallelization = true)]
public class AloneCollection;

[Collection("alone")]
public class WholeServerAllocationTests
{
    private const int Requests = 100_000;
    private const int Batch = 20;
    private const int Rounds = 6;

    [Fact]
    public void A_cached_request_allocates_less_than_a_byte_in_the_whole_process_with_the_log_on()
    {
        string folder = Directory.CreateTempSubdirectory("roundtrip-test-").FullName;
        File.WriteAllBytes(Path.Combine(folder, "page.html"), new byte[1024]);
        using var errorLog = new ErrorLog(Stream.Null);
        var logs = new SiteLogs(new LogTargetOpener(null).Open, null);
        BuiltConfiguration built = SiteConfiguration.LoadFolder(
            new InMemorySource().With($"{folder}/site.conf", "CustomLog access.log combined"), folder, hasFile: true, static _ => []);
        var snapshot = new SiteSnapshot(built, logs, new SiteServices());
        int asked;
        using (var server = HttpServer.Start(new ServerOptions
        {
            Endpoints = [new ServerEndpoint(PeerAddress.From(IPAddress.Loopback, 0))],
            ErrorLog = errorLog,
            Loops = 1,
            Limits = HttpLimits.Default with { MaxKeepAliveRequests = 0 },
            CreateSite = snapshot.CreateLoop,
        }))
        {
            using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            client.Connect(IPAddress.Loopback, server.Addresses[0].Port);
            byte[] request = [.. Enumerable.Repeat("GET /page.html HTTP/1.1\r\nHost: a\r\nUser-Agent: test\r\nAccept-Encoding: gzip, br\r\n\r\n"u8.ToArray(), Batch).SelectMany(b => b)];
            byte[] response = new byte[64 * 1024];
            (int length, asked) = LengthOfOne(client, request.AsSpan(0, request.Length / Batch), response);

            // What the test runner itself allocates meanwhile comes on top, now and then: the least of some rounds is the server's. The first warms up.
            long allocated = long.MaxValue;
            for (int round = 0; round < Rounds; round++)
            {
                long before = GC.GetTotalAllocatedBytes(precise: true);
                for (int i = 0; i < Requests; i += Batch)
                {
                    Exchange(client, request, response, length);
                }

                allocated = Math.Min(allocated, GC.GetTotalAllocatedBytes(precise: true) - before);
            }

            Assert.InRange(allocated, 0, Requests - 1);
        }

        logs.Dispose();
        Assert.Equal((Rounds * Requests) + asked, File.ReadLines(Path.Combine(folder, "access.log")).Count());
        Directory.Delete(folder, recursive: true);
    }

    // A file that has just been written has a weak tag, and each of its responses two bytes more: it is asked for until that is over.
    private static (int Length, int Asked) LengthOfOne(Socket client, ReadOnlySpan<byte> request, byte[] response)
    {
        for (int asked = 1; ; asked++)
        {
            client.Send(request);
            int have = 0, head;
            do
            {
                have += client.Receive(response.AsSpan(have));
                head = response.AsSpan(0, have).IndexOf("\r\n\r\n"u8) + 4;
            }
            while (head < 4 || have < head + 1024);

            if (response.AsSpan(0, head).IndexOf("W/"u8) < 0)
            {
                return (have, asked);
            }
        }
    }

    /// <param name="length">The length of one response.</param>
    private static void Exchange(Socket client, byte[] request, byte[] response, int length)
    {
        client.Send(request);
        for (int have = 0; have < length * Batch;)
        {
            int received = client.Receive(response);
            have += received > 0 ? received : throw new EndOfStreamException("the server closed the connection");
        }
    }
}
