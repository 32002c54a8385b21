// Our libraries with a handler that the program does not have yet: it reads a request's whole content and answers 200. For bench/compare:
//   sink FOLDER HTTP-PORT HTTPS-PORT CERTIFICATE KEY LOG-FOLDER
using System.Globalization;
using System.Net;
using Roundtrip.Bench.Sink;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Server;
using Roundtrip.Transport.Tls;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]

if (args is not [string folder, string http, string https, string certificate, string key, string logs])
{
    Console.Error.WriteLine("usage: sink FOLDER HTTP-PORT HTTPS-PORT CERTIFICATE KEY LOG-FOLDER");
    return 2;
}

using var tls = new TlsServerContext(new TlsServerOptions { Name = "sink", Certificates = [new TlsCertificateFiles(certificate, key)] });
using var errors = new ErrorLog(Console.OpenStandardError());
var site = new SinkSite(folder);
using var server = HttpServer.Start(new ServerOptions
{
    Endpoints = [new ServerEndpoint(At(http)), new ServerEndpoint(At(https), tls)],
    ErrorLog = errors,
    // The same as everybody's: no limit of bytes, 300 s of keep-alive.
    Limits = HttpLimits.Default with { RequestBody = 0, KeepAliveTimeout = 300_000, MaxKeepAliveRequests = 0 },
    Loops = 1,
    CreateSite = _ => new LoopSite(site, new LineLog(Path.Combine(logs, "access.log"))),
});
Thread.Sleep(Timeout.Infinite);
return 0;

static PeerAddress At(string port) => PeerAddress.From(IPAddress.Loopback, ushort.Parse(port, CultureInfo.InvariantCulture));
