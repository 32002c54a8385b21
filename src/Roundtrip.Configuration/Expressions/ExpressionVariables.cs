namespace Roundtrip.Configuration.Expressions;

/// <summary>The names that may stand in <c>%{NAME}</c>: those of the manual's table, of mod_http2 and all of mod_ssl's, which begin with <c>SSL_</c>. Case does not matter.</summary>
public static class ExpressionVariables
{
    /// <summary>All but those that begin with <c>SSL_</c>.</summary>
    public static readonly IReadOnlySet<string> Names = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "HTTP_ACCEPT", "HTTP_COOKIE", "HTTP_FORWARDED", "HTTP_HOST", "HTTP_PROXY_CONNECTION", "HTTP_REFERER", "HTTP_USER_AGENT",
        "REQUEST_METHOD", "REQUEST_SCHEME", "REQUEST_URI", "DOCUMENT_URI", "REQUEST_FILENAME", "SCRIPT_FILENAME", "LAST_MODIFIED",
        "SCRIPT_USER", "SCRIPT_GROUP", "PATH_INFO", "QUERY_STRING", "IS_SUBREQ", "THE_REQUEST", "REMOTE_ADDR", "REMOTE_PORT",
        "REMOTE_HOST", "REMOTE_USER", "REMOTE_IDENT", "SERVER_NAME", "SERVER_PORT", "SERVER_ADMIN", "SERVER_PROTOCOL",
        "SERVER_PROTOCOL_VERSION", "SERVER_PROTOCOL_VERSION_MAJOR", "SERVER_PROTOCOL_VERSION_MINOR", "DOCUMENT_ROOT",
        "AUTH_TYPE", "CONTENT_TYPE", "HANDLER", "HTTP2", "HTTPS", "IPV6", "REQUEST_STATUS", "REQUEST_LOG_ID", "CONN_LOG_ID",
        "CONN_REMOTE_ADDR", "CONTEXT_PREFIX", "CONTEXT_DOCUMENT_ROOT",
        "TIME_YEAR", "TIME_MON", "TIME_DAY", "TIME_HOUR", "TIME_MIN", "TIME_SEC", "TIME_WDAY", "TIME", "SERVER_SOFTWARE", "API_VERSION",
        "H2PUSH", "H2_PUSH", "H2_PUSHED", "H2_PUSHED_ON", "H2_STREAM_ID", "H2_STREAM_TAG",
    };

    public static bool IsKnown(string name) => Names.Contains(name) || name.StartsWith("SSL_", StringComparison.OrdinalIgnoreCase);
}
