using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Roundtrip.Live.Stores;

/// <summary>Where a hub's messages are kept: a file of SQLite, or a database of a Redis server.</summary>
public sealed record StoreAddress
{
    private const string SqliteScheme = "sqlite:";
    private const string RedisScheme = "redis://";
    private const string TlsScheme = "rediss://";

    /// <summary>The file; empty for Redis.</summary>
    public string Path { get; private init; } = "";

    /// <summary>A name or an address, without brackets; empty for SQLite.</summary>
    public string Host { get; private init; } = "";

    public int Port { get; private init; }

    /// <summary>Empty for the server's default user.</summary>
    public string User { get; private init; } = "";

    /// <summary>Empty where none is needed.</summary>
    public string Password { get; private init; } = "";

    public int Database { get; private init; }

    /// <summary>Whether the connection is TLS's: <c>rediss</c>.</summary>
    public bool IsTls { get; private init; }

    /// <summary>The authorities, in PEM, one of which must have signed its certificate; empty for those of the system.</summary>
    public string Authorities { get; init; } = "";

    /// <summary>The certificate, in PEM, by which it knows this client, and perhaps those of the authorities between; empty for none.</summary>
    public string Certificate { get; init; } = "";

    /// <summary>The certificate's key, in PEM.</summary>
    public string Key { get; init; } = "";

    public bool IsFile => Path.Length > 0;

    /// <summary>Reads <c>sqlite:PATH</c>.</summary>
    /// <param name="fullPath">Makes a full path of one that may be relative.</param>
    public static bool TryParseFile(string text, Func<string, string> fullPath, [NotNullWhen(true)] out StoreAddress? address, out string fault)
    {
        address = text.StartsWith(SqliteScheme, StringComparison.Ordinal) && text.Length > SqliteScheme.Length ? new StoreAddress { Path = fullPath(text[SqliteScheme.Length..]) } : null;
        fault = address is null ? $"'{text}' is no store: sqlite:PATH, or memory" : "";
        return address is not null;
    }

    /// <summary>Reads <c>redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]</c>, or <c>rediss://</c> for TLS, as the schemes' registration has it. A colon before the password may stand without a user.</summary>
    public static bool TryParseServer(string text, [NotNullWhen(true)] out StoreAddress? address, out string fault)
    {
        address = null;
        fault = UnsupportedIn(text) ?? "this is no redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE], or rediss:// for TLS";
        bool isTls = text.StartsWith(TlsScheme, StringComparison.Ordinal);
        if (!(isTls || text.StartsWith(RedisScheme, StringComparison.Ordinal)) || text.Contains(',', StringComparison.Ordinal) || !Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.Host.Length == 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            // The text is not repeated: it may have the password.
            return false;
        }

        int database = 0;
        if (uri.AbsolutePath.Length > 1 && !int.TryParse(uri.AbsolutePath.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out database))
        {
            fault = $"'{uri.AbsolutePath[1..]}' is no number of a database";
            return false;
        }

        int colon = uri.UserInfo.IndexOf(':', StringComparison.Ordinal);
        if (uri.UserInfo.Length > 0 && colon < 0)
        {
            fault = "what stands before @ is USER:PASSWORD, or :PASSWORD";
            return false;
        }

        address = new StoreAddress
        {
            Host = uri.Host.Trim('[', ']'),
            Port = uri.IsDefaultPort || uri.Port < 0 ? 6379 : uri.Port,
            User = colon < 0 ? "" : Uri.UnescapeDataString(uri.UserInfo[..colon]),
            Password = colon < 0 ? "" : Uri.UnescapeDataString(uri.UserInfo[(colon + 1)..]),
            Database = database,
            IsTls = isTls,
        };
        return true;
    }

    /// <summary>The address without user and password, for logs.</summary>
    public override string ToString() => IsFile ? Path : string.Create(CultureInfo.InvariantCulture, $"redis{(IsTls ? "s" : "")}://{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}/{Database}");

    // What others' clients take, named so that nobody looks for the mistake elsewhere.
    private static string? UnsupportedIn(string text)
    {
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        string before = scheme < 0 ? "" : text[..scheme];
        return before.Contains("sentinel", StringComparison.OrdinalIgnoreCase) ? "Sentinel is not supported: give an address that always leads to the primary"
            : before.Contains("cluster", StringComparison.OrdinalIgnoreCase) ? "Redis Cluster is not supported: a hub is one stream of one primary"
            : before.Contains("unix", StringComparison.OrdinalIgnoreCase) || before.Contains("socket", StringComparison.OrdinalIgnoreCase) ? "sockets of the file system are not supported: give HOST and PORT"
            : text.StartsWith("redis", StringComparison.Ordinal) && text.Contains(',', StringComparison.Ordinal) ? "several addresses, of a cluster or of Sentinel, are not supported: give one that always leads to the primary"
            : null;
    }
}
