using System.Globalization;
using System.Text;
using Roundtrip.Configuration.Expressions;
using Roundtrip.Http;
using Roundtrip.Site.Core;

namespace Roundtrip.Site.Serving;

// The request as the context of httpd's expressions.
public sealed partial class RequestFacts : IExpressionContext
{
    string? IExpressionContext.Variable(string name) => name switch
    {
        "HTTP_ACCEPT" => FieldOfExpression("Accept"),
        "HTTP_COOKIE" => FieldOfExpression("Cookie"),
        "HTTP_FORWARDED" => FieldOfExpression("Forwarded"),
        "HTTP_HOST" => FieldOfExpression("Host"),
        "HTTP_PROXY_CONNECTION" => FieldOfExpression("Proxy-Connection"),
        "HTTP_REFERER" => FieldOfExpression("Referer"),
        "HTTP_USER_AGENT" => FieldOfExpression("User-Agent"),
        "REQUEST_METHOD" => Text(Request.MethodName),
        "REQUEST_SCHEME" => Exchange.Connection.IsSecure ? "https" : "http",
        "REQUEST_URI" => Text(Request.Path),
        "DOCUMENT_URI" => Path,
        "REQUEST_FILENAME" or "SCRIPT_FILENAME" => FileName,
        "QUERY_STRING" => Text(Request.Query),
        "IS_SUBREQ" => "false",
        "THE_REQUEST" => $"{Text(Exchange.Request.MethodName)} {Text(Exchange.Request.Target)} {Protocol}",
        "REMOTE_ADDR" or "CONN_REMOTE_ADDR" or "REMOTE_HOST" => Remote.ToIPAddress().ToString(),
        "REMOTE_PORT" => Remote.Port.ToString(CultureInfo.InvariantCulture),
        "SERVER_NAME" => host.Name,
        "SERVER_PORT" => Exchange.Connection.Local.Port.ToString(CultureInfo.InvariantCulture),
        "SERVER_ADMIN" => Settings.Get(CoreSettings.ServerAdmin),
        "SERVER_PROTOCOL" => Protocol,
        "SERVER_PROTOCOL_VERSION" => Version is var (major, minor) ? (major * 1000 + minor).ToString(CultureInfo.InvariantCulture) : null,
        "SERVER_PROTOCOL_VERSION_MAJOR" => Version.Major.ToString(CultureInfo.InvariantCulture),
        "SERVER_PROTOCOL_VERSION_MINOR" => Version.Minor.ToString(CultureInfo.InvariantCulture),
        "DOCUMENT_ROOT" => Settings.Get(CoreSettings.DocumentRoot),
        "CONTENT_TYPE" => Field("Content-Type"),
        "HANDLER" => Handler,
        "HTTPS" => Exchange.Connection.IsSecure ? "on" : "off",
        "IPV6" => Remote.IsIPv4 ? "off" : "on",
        "REQUEST_STATUS" => Exchange.Status == 0 ? null : Exchange.Status.ToString(CultureInfo.InvariantCulture),
        "SERVER_SOFTWARE" => "Roundtrip",
        _ when name.StartsWith("TIME", StringComparison.Ordinal) => Time(name),
        _ => null,
    };

    string? IExpressionContext.RequestHeader(string name, bool varies) => varies ? FieldOfExpression(name) : Field(name);

    string? IExpressionContext.ResponseHeader(string name)
    {
        FieldBuffer fields = Exchange.ResponseFields;
        foreach (ref readonly FieldEntry entry in fields.Fields)
        {
            if (Ascii.EqualsIgnoreCase(fields.At(entry.Name), name))
            {
                return Text(fields.At(entry.Value));
            }
        }

        return null;
    }

    string? IExpressionContext.RequestEnvironment(string name) => Environment.GetValueOrDefault(name);

    string? IExpressionContext.Note(string name) => NoteOf(name);

    string? IExpressionContext.ServerEnvironment(string name) => System.Environment.GetEnvironmentVariable(name);

    IReadOnlyList<string> IExpressionContext.List(string name, string argument) => [];

    // Expressions of a configuration here never have file functions: ExpressionOptions.AllowFileFunctions is not set anywhere.
    ExpressionFile? IExpressionContext.File(string path) => null;

    string? IExpressionContext.ReadFile(string path, int maximum) => null;

    bool IExpressionContext.IsUrlAccessible(string url) => false;

    bool IExpressionContext.IsFileAccessible(string path) => false;

    private string Protocol => Request.Version == ProtocolVersion.Http2 ? "HTTP/2.0" : $"HTTP/{Version.Major}.{Version.Minor}";

    private (int Major, int Minor) Version => Request.Version switch
    {
        ProtocolVersion.Http09 => (0, 9),
        ProtocolVersion.Http10 => (1, 0),
        ProtocolVersion.Http11 => (1, 1),
        _ => (2, 0),
    };

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    private static string? Time(string name)
    {
        DateTime now = DateTime.Now;
        string? format = name switch
        {
            "TIME_YEAR" => "yyyy",
            "TIME_MON" => "MM",
            "TIME_DAY" => "dd",
            "TIME_HOUR" => "HH",
            "TIME_MIN" => "mm",
            "TIME_SEC" => "ss",
            "TIME" => "yyyyMMddHHmmss",
            _ => null,
        };
        return name == "TIME_WDAY" ? ((int)now.DayOfWeek).ToString(CultureInfo.InvariantCulture) : format is null ? null : now.ToString(format, CultureInfo.InvariantCulture);
    }
}
