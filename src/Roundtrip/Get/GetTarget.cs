using System.Net;
using Roundtrip.Client;

namespace Roundtrip.Program;

/// <summary>A URL as a client needs it: where to connect, and what to ask for.</summary>
internal sealed class GetTarget
{
    private GetTarget(Uri url)
    {
        Url = url;
        bool isSecure = url.Scheme == Uri.UriSchemeHttps;
        string host = url.HostNameType == UriHostNameType.IPv6 ? IPAddress.Parse(url.Host).ToString() : url.IdnHost;
        Origin = new Origin(isSecure, host, (ushort)url.Port);
        string named = url.HostNameType == UriHostNameType.IPv6 ? $"[{host}]" : host;
        Authority = url.IsDefaultPort ? named : $"{named}:{url.Port}";
    }

    public Uri Url { get; }

    public Origin Origin { get; }

    /// <summary>RFC 9110 section 4.2.3: the port is left away where it is the scheme's own.</summary>
    public string Authority { get; }

    /// <summary>Takes a URL, <c>http://</c> before it where no scheme is.</summary>
    /// <returns>Null for what is none, or of another scheme.</returns>
    public static GetTarget? Parse(string url) => Of(url.Contains("://", StringComparison.Ordinal) ? url : $"http://{url}", null);

    /// <summary>What a Location field leads to from here (RFC 9110 section 10.2.2); null for what is no URL of ours.</summary>
    public GetTarget? Follow(string location) => Of(location, Url);

    private static GetTarget? Of(string reference, Uri? from)
    {
        bool isUrl = from is null ? Uri.TryCreate(reference, UriKind.Absolute, out Uri? url) : Uri.TryCreate(from, reference, out url);
        return isUrl && url!.Scheme is "http" or "https" && url.Host.Length > 0 && url.Port is > 0 and <= ushort.MaxValue ? new GetTarget(url) : null;
    }
}
