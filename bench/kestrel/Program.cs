// ASP.NET Core's own server and static file middleware, set as its documentation advises, for bench/compare:
//   kestrel FOLDER HTTP-PORT HTTPS-PORT CERTIFICATE KEY LOG-FOLDER
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.HttpLogging;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.FileProviders;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]

if (args is not [string folder, string http, string https, string certificatePath, string keyPath, string logs])
{
    Console.Error.WriteLine("usage: kestrel FOLDER HTTP-PORT HTTPS-PORT CERTIFICATE KEY LOG-FOLDER");
    return 2;
}

// SslStream takes a key only from a store or a PKCS #12, so the PEM pair goes through one.
using X509Certificate2 pem = X509Certificate2.CreateFromPemFile(certificatePath, keyPath);
X509Certificate2 certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), password: null);
CipherSuitesPolicy suites = new([TlsCipherSuite.TLS_AES_256_GCM_SHA384]);

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.Services.AddW3CLogging(options =>
{
    // The items of the combined log format that this log has.
    options.LoggingFields = W3CLoggingFields.Date | W3CLoggingFields.Time | W3CLoggingFields.ClientIpAddress | W3CLoggingFields.UserName
        | W3CLoggingFields.Method | W3CLoggingFields.UriStem | W3CLoggingFields.UriQuery | W3CLoggingFields.ProtocolVersion
        | W3CLoggingFields.ProtocolStatus | W3CLoggingFields.UserAgent | W3CLoggingFields.Referer;
    options.LogDirectory = logs;
    options.FileName = "access-";
    options.FileSizeLimit = null;
    // The logger takes at most 1,024 lines an interval and makes requests wait for the next: a second would be its limit, not Kestrel's.
    options.FlushInterval = TimeSpan.FromMilliseconds(5);
});
// Who measures an idle connection does not answer pings.
builder.Services.AddSignalR(options =>
{
    options.KeepAliveInterval = TimeSpan.FromMinutes(10);
    options.ClientTimeoutInterval = TimeSpan.FromMinutes(30);
});
builder.WebHost.UseKestrelHttpsConfiguration();
builder.WebHost.ConfigureKestrel(options =>
{
    options.Limits.MaxConcurrentConnections = 20_000;
    options.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(300);
    options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(60);
    options.Listen(IPAddress.Loopback, int.Parse(http, CultureInfo.InvariantCulture));
    options.Listen(IPAddress.Loopback, int.Parse(https, CultureInfo.InvariantCulture), endpoint => endpoint.UseHttps(certificate, tls =>
    {
        tls.SslProtocols = SslProtocols.Tls13;
        tls.OnAuthenticate = (_, authentication) => authentication.CipherSuitesPolicy = suites;
    }));
});
builder.WebHost.UseSockets(options => options.Backlog = 4096);

WebApplication app = builder.Build();
app.UseW3CLogging();
app.UseStaticFiles(new StaticFileOptions { FileProvider = new PhysicalFileProvider(folder) });
app.MapPost("/sink", async (HttpContext context) =>
{
    await context.Request.Body.CopyToAsync(Stream.Null);
    context.Response.ContentLength = 3;
    await context.Response.WriteAsync("ok\n");
});
app.MapHub<Channel>("/subscribe", options => options.Transports = HttpTransportType.WebSockets);
app.MapPost("/publish", async (HttpContext context, IHubContext<Channel> channel) =>
{
    using StreamReader body = new(context.Request.Body);
    await channel.Clients.All.SendAsync("message", await body.ReadToEndAsync());
    context.Response.ContentLength = 3;
    await context.Response.WriteAsync("ok\n");
});
await app.RunAsync();
return 0;

internal sealed class Channel : Hub;
