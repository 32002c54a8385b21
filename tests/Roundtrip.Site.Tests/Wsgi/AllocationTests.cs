using System.Net;
using System.Net.Sockets;
using Roundtrip.Site.Tests.Wsgi.Support;

namespace Roundtrip.Site.Tests.Wsgi;

/// <summary>What a request to an application allocates in the server.</summary>
[Collection("alone")]
public sealed class AllocationTests
{
    private const int Requests = 5000;
    private const int Rounds = 5;

    [Fact]
    public void A_request_to_an_application_allocates_nothing()
    {
        using var site = new ApplicationSite(
            "def application(environ, start_response):\n    start_response('200 OK', [('Content-Type', 'text/plain'), ('Content-Length', '5')])\n    return [b'Hello']\n",
            "WSGIDaemonProcess all threads=1\nWSGIProcessGroup all\nWSGIApplicationGroup %{GLOBAL}\nWSGIScriptAlias / app.wsgi", loops: 1);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.Connect(IPAddress.Loopback, site.Port);
        byte[] request = "GET /page?a=b HTTP/1.1\r\nHost: a\r\nUser-Agent: test\r\nCookie: a=b\r\nAccept: */*\r\n\r\n"u8.ToArray();
        byte[] response = new byte[4096];
        long allocated = long.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < Requests; i++)
            {
                client.Send(request);
                if (!response.AsSpan(0, client.Receive(response)).EndsWith("Hello"u8))
                {
                    throw new EndOfStreamException();
                }
            }

            // The thread that watches the workers, and the test's own, allocate too, but not for each request.
            allocated = Math.Min(allocated, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.InRange(allocated / Requests, 0, 15);
    }
}
