using System.CommandLine;

namespace Roundtrip.Program;

/// <summary><c>roundtrip get URL</c>: fetches a resource; its content goes to standard output. The options that curl has too have its names.</summary>
internal static class GetCommand
{
    public static Command Create()
    {
        var url = new Argument<string>("url") { Description = "What to fetch: http or https, a host, and what follows." };
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Shows the connection, TLS and the header lines on standard error: * > <." };
        var frames = new Option<bool>("--frames") { Description = "Lists HTTP/2's frames by stream on standard error, with the bytes of header sections before and after HPACK." };
        var insecure = new Option<bool>("--insecure", "-k") { Description = "Accepts any certificate." };
        var authorities = new Option<string?>("--cacert") { Description = "A file of certificates in PEM that are trusted, instead of the system's.", HelpName = "file" };
        var certificate = new Option<string?>("--cert", "-E") { Description = "A certificate in PEM to show a server that asks for it, with its key unless --key has that.", HelpName = "file" };
        var key = new Option<string?>("--key") { Description = "The key of --cert.", HelpName = "file" };
        var http1 = new Option<bool>("--http1.1") { Description = "Speaks HTTP/1.1 alone." };
        var http2 = new Option<bool>("--http2-prior-knowledge") { Description = "Speaks HTTP/2 alone, without asking where there is no TLS." };
        var fields = new Option<string[]>("--header", "-H") { Description = "A field of the request, as \"Name: value\". May be repeated.", HelpName = "field" };
        var method = new Option<string?>("--request", "-X") { Description = "The method.", HelpName = "method" };
        var data = new Option<string?>("--data", "-d") { Description = "Content, sent as a form (POST).", HelpName = "text" };
        var binary = new Option<string?>("--data-binary") { Description = "Content as it is; @file for a file's.", HelpName = "text" };
        var output = new Option<string?>("--output", "-o") { Description = "Where the content goes instead of standard output.", HelpName = "file" };
        var follow = new Option<bool>("--location", "-L") { Description = $"Follows redirections, at most {GetOptions.MaximumRedirections}." };
        var head = new Option<bool>("--head", "-I") { Description = "Sends HEAD and shows the response's head." };
        var time = new Option<double>("--max-time", "-m") { Description = "Seconds after which to give up.", HelpName = "seconds" };
        var json = new Option<bool>("--json") { Description = "Reports the last request in one JSON document on standard output; the content goes to --output, or nowhere." };
        var command = new Command("get", "Fetches a URL.")
        {
            url, verbose, frames, insecure, authorities, certificate, key, http1, http2, fields, method, data, binary, output, follow, head, time, json,
        };
        command.SetAction(parsed =>
        {
            try
            {
                return Get.Run(new GetOptions
                {
                    Url = parsed.GetRequiredValue(url),
                    IsVerbose = parsed.GetValue(verbose),
                    ShowsFrames = parsed.GetValue(frames),
                    IsInsecure = parsed.GetValue(insecure),
                    AuthoritiesFile = parsed.GetValue(authorities),
                    Certificate = parsed.GetValue(certificate),
                    Key = parsed.GetValue(key),
                    IsJson = parsed.GetValue(json),
                    IsHttp1 = parsed.GetValue(http1),
                    IsHttp2 = parsed.GetValue(http2),
                    Fields = parsed.GetValue(fields) ?? [],
                    Method = parsed.GetValue(method),
                    Data = parsed.GetValue(data),
                    BinaryData = parsed.GetValue(binary),
                    Output = parsed.GetValue(output),
                    Follows = parsed.GetValue(follow),
                    IsHead = parsed.GetValue(head),
                    MaximumTime = parsed.GetValue(time),
                });
            }
            catch (GetException fault)
            {
                Console.Error.WriteLine($"roundtrip: {fault.Message}");
                return fault.ExitCode;
            }
        });
        return command;
    }
}
