using System.Text;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Site.Cgi;
using Roundtrip.Site.Files;
using Roundtrip.Site.Serving;
using Roundtrip.Site.Variables;

namespace Roundtrip.Site.Programs;

/// <summary>
/// What a program is told of a request: the variables of RFC 3875 section 4.1, those that httpd adds (util_script.c), and what SetEnv and its kin have set. The same for CGI and WSGI.
/// </summary>
internal static class RequestEnvironment
{
    // Names of fields that become other variables, or none. Proxy would set HTTP_PROXY, by which programs choose their proxy (CVE-2016-5385).
    private static bool HasOwnVariable(KnownField field) => field is KnownField.ContentType or KnownField.ContentLength;

    /// <param name="resource">With a script.</param>
    /// <param name="passesAuthorization">CGIPassAuth, WSGIPassAuthorization: whether the program may see the client's credentials.</param>
    public static void Write(EnvironmentBuffer to, Exchange exchange, Resource resource, bool passesAuthorization)
    {
        var facts = exchange.Context as RequestFacts;
        RequestHead request = facts?.Request ?? exchange.Request;
        bool hasContent = facts?.Original is null;
        WriteFields(to, request, passesAuthorization, hasContent);
        WriteServer(to, exchange, request, resource.About);
        WriteRequest(to, exchange, request, resource.Script!, resource.About, hasContent);

        // Where nothing depends on the request there are no facts, and SetEnv's variables are all there are.
        if (facts is null)
        {
            foreach ((string name, string value) in resource.About.Settings.Get(VariableSettings.Fixed).All)
            {
                Add(to, name, value);
            }

            return;
        }

        foreach ((string name, string value) in facts.Environment)
        {
            Add(to, name, value);
        }
    }

    private static void Add(EnvironmentBuffer to, string name, string value) => to.Add(Encoding.UTF8.GetBytes(Variable(name)), Encoding.Latin1.GetBytes(value));

    private static void WriteFields(EnvironmentBuffer to, RequestHead request, bool passesAuthorization, bool hasContent)
    {
        ReadOnlySpan<FieldEntry> fields = request.Fields;
        for (int i = 0; i < fields.Length; i++)
        {
            ref readonly FieldEntry field = ref fields[i];
            ReadOnlySpan<byte> name = request.At(field.Name);
            if (HasOwnVariable(field.Known) || !IsShown(name, field.Known, passesAuthorization) || IsAmong(request, fields[..i], name))
            {
                continue;
            }

            to.AddField(name, request.At(field.Value));
            for (int j = i + 1; j < fields.Length; j++)
            {
                if (fields[j].Name.Length == name.Length && Ascii.EqualsIgnoreCase(request.At(fields[j].Name), name))
                {
                    // RFC 9110 §5.3; RFC 6265 §5.4 has one Cookie line, and RFC 9113 §8.2.3 says how several are one.
                    to.Append(field.Known == KnownField.Cookie ? "; "u8 : ", "u8, request.At(fields[j].Value));
                }
            }
        }

        // For an error document, or from another program, what came was for the program before.
        if (request.Has(KnownField.ContentType) && hasContent)
        {
            to.Add("CONTENT_TYPE"u8, request.Value(KnownField.ContentType));
        }
    }

    // util_script.c, http2env: a name with other signs could be mistaken for another field's, so it is not shown.
    private static bool IsShown(ReadOnlySpan<byte> name, KnownField field, bool passesAuthorization)
    {
        if (field == KnownField.Authorization)
        {
            return passesAuthorization;
        }

        if (Ascii.EqualsIgnoreCase(name, "proxy"u8) || Ascii.EqualsIgnoreCase(name, "proxy-authorization"u8))
        {
            return false;
        }

        foreach (byte b in name)
        {
            if (!(b == '-' || char.IsAsciiLetterOrDigit((char)b)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsAmong(RequestHead request, ReadOnlySpan<FieldEntry> fields, ReadOnlySpan<byte> name)
    {
        foreach (ref readonly FieldEntry field in fields)
        {
            if (field.Name.Length == name.Length && Ascii.EqualsIgnoreCase(request.At(field.Name), name))
            {
                return true;
            }
        }

        return false;
    }

    private static void WriteServer(EnvironmentBuffer to, Exchange exchange, RequestHead request, ResourceAbout about)
    {
        PeerAddress local = exchange.Connection.Local, remote = exchange.Connection.Remote;
        Span<byte> address = stackalloc byte[48];
        ServerVariables constant = about.ServerVariables;
        to.AddRaw(constant.Written);
        to.Add("SERVER_NAME"u8, request.Host.IsEmpty || constant.UsesCanonicalName ? constant.Name : request.Host);
        to.Add("SERVER_ADDR"u8, address[..local.FormatAddress(address)]);
        to.Add("SERVER_PORT"u8, local.Port);
        to.Add("REMOTE_ADDR"u8, address[..remote.FormatAddress(address)]);
        to.Add("REMOTE_PORT"u8, remote.Port);
        to.Add("REQUEST_SCHEME"u8, exchange.Connection.IsSecure ? "https"u8 : "http"u8);
        if (exchange.Connection.IsSecure)
        {
            to.Add("HTTPS"u8, "on"u8);
        }
    }

    private static void WriteRequest(EnvironmentBuffer to, Exchange exchange, RequestHead request, Script script, ResourceAbout about, bool hasContent)
    {
        to.Add("SERVER_PROTOCOL"u8, request.Version switch
        {
            ProtocolVersion.Http2 => "HTTP/2.0"u8,
            ProtocolVersion.Http11 => "HTTP/1.1"u8,
            ProtocolVersion.Http10 => "HTTP/1.0"u8,
            _ => "HTTP/0.9"u8,
        });
        to.Add("REQUEST_METHOD"u8, request.MethodName);
        to.Add("QUERY_STRING"u8, request.Query);
        to.Add("REQUEST_URI"u8, about.Settings.Get(CgiSettings.ShowsCurrentUri) ? script.CurrentUri : exchange.Request.Target);
        to.AddRaw(script.Variables(about.Host.Map));
        if (script.ActionFor is not null && !request.Query.IsEmpty)
        {
            to.Add("REDIRECT_QUERY_STRING"u8, request.Query);
        }

        if (hasContent && (exchange.BodyLength > 0 || request.Has(KnownField.ContentLength)))
        {
            to.Add("CONTENT_LENGTH"u8, Math.Max(0, exchange.BodyLength));
        }
    }

    // util_script.c, ap_create_environment: what a shell could not name has '_' in the place of other signs.
    private static string Variable(string name) => name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_')
        ? name
        : string.Concat(name.Select(static c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
}
