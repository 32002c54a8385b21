using System.Text;
using Roundtrip.Http;
using Roundtrip.Server;
using Roundtrip.Site.Core;
using Roundtrip.Site.Files;
using Roundtrip.Site.Programs;
using Roundtrip.Site.Serving;

namespace Roundtrip.Site.Cgi;

/// <summary>The handler <c>cgi-script</c> on one loop (mod_cgi): a process for each request.</summary>
internal sealed class CgiHandler(SiteLoop site) : IProgramHandler
{
    public const string HandlerName = "cgi-script";

    public SiteLoop Site => site;

    /// <summary>What is read of a script before it is looked at.</summary>
    public byte[] Scratch { get; } = GC.AllocateUninitializedArray<byte>(64 * 1024);

    // util_script.c: where a script finds other programs. Nothing else of the server's own environment is the script's.
    private static readonly byte[] SearchPath = Encoding.UTF8.GetBytes(Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin");

    private static readonly byte[]? LibraryPath = Environment.GetEnvironmentVariable("LD_LIBRARY_PATH") is { } folders ? Encoding.UTF8.GetBytes(folders) : null;

    private readonly EnvironmentBuffer _variables = new();

    public void Answer(Exchange exchange, Resource resource)
    {
        ResourceAbout about = resource.About;
        if (!resource.Script!.IsAliased && !about.Settings.Get(CoreSettings.Options).Has(OptionFlags.ExecCgi))
        {
            about.Host.ErrorLog.Write(LogLevel.Error, "cgi", exchange.Connection, exchange, $"Options ExecCGI is off in this directory: {resource.Script.FileName}");
            site.AnswerStatus(exchange, about, 403);
            return;
        }

        CgiRun.Begin(this, exchange, resource, MakeEnvironment(exchange, resource));
    }

    /// <summary>mod_cgi.c, create_argv: a query without '=' is a search (RFC 3875 section 4.4), whose words are the script's arguments.</summary>
    public static IReadOnlyList<string> ArgumentsOf(RequestHead request)
    {
        ReadOnlySpan<byte> query = request.Query;
        if (query.IsEmpty || query.Contains((byte)'=') || request.Method is not (Method.Get or Method.Head))
        {
            return [];
        }

        // A word that looks like an option is given to no program: php-cgi obeyed those (CVE-2012-1823).
        string[] words = [.. Encoding.UTF8.GetString(query).Split('+').Select(Uri.UnescapeDataString)];
        return words.Any(static word => word.Contains('\0') || word.StartsWith('-')) ? [] : words;
    }

    // NAME=value and a NUL each.
    private byte[] MakeEnvironment(Exchange exchange, Resource resource)
    {
        _variables.Clear();
        RequestEnvironment.Write(_variables, exchange, resource, resource.About.Settings.Get(CgiSettings.PassesAuthorization));
        _variables.Add("PATH"u8, SearchPath);
        if (LibraryPath is not null)
        {
            _variables.Add("LD_LIBRARY_PATH"u8, LibraryPath);
        }

        byte[] bytes = _variables.Written.ToArray();
        bool isName = true;
        foreach (ref byte b in bytes.AsSpan())
        {
            if (b == 0)
            {
                b = isName ? (byte)'=' : (byte)0;
                isName = !isName;
            }
        }

        return bytes;
    }
}
