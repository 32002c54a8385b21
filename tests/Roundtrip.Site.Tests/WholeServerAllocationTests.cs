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
        string page = Path.Combine(folder, "page.html");
        File.WriteAllBytes(page, new byte[1024]);

        // A file that was changed just now has a weak entity tag until it is looked at again (Representation.IsRacy), and the responses would not have one length.
        Assert.True(SpinWait.SpinUntil(() => DateTime.UtcNow - File.GetLastWriteTimeUtc(page) > TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(10)));
        using var errorLog = new ErrorLog(Stream.Null);
        var logs = new SiteLogs(new LogTargetOpener(null).Open, null);
        BuiltConfiguration built = SiteConfiguration.LoadFolder(
            new InMemorySource().With($"{folder}/site.conf", "CustomLog access.log combined"), folder, hasFile: true, static _ => []);
        var snapshot = new SiteSnapshot(built, logs, new SiteServices());
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
            int length = Exchange(client, request, response, 0) / Batch;

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
        Assert.Equal((Rounds * Requests) + Batch, File.ReadLines(Path.Combine(folder, "access.log")).Count());
        Directory.Delete(folder, recursive: true);
    }

    /// <param name="length">The length of one response, or 0 when it is to be found out: then what comes within a moment counts.</param>
    private static int Exchange(Socket client, byte[] request, byte[] response, int length)
    {
        client.Send(request);
        int expected = length * Batch, have = 0;
        do
        {
            int received = client.Receive(response);
            if (received == 0)
            {
                // Not an Assert, which would allocate.
                throw new EndOfStreamException();
            }

            have += received;
        }
        while (length > 0 ? have < expected : client.Poll(200_000, SelectMode.SelectRead));
        return have;
    }
}
