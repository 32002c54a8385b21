namespace Roundtrip.Site.Core;

/// <summary>How the server calls itself, in the Server field and under its pages: as much as ServerTokens allows.</summary>
internal static class ServerIdentity
{
    private const string Product = "Roundtrip";

    private static string? _system;

    public static string Of(ServerTokens tokens)
    {
        Version version = typeof(ServerIdentity).Assembly.GetName().Version ?? new Version(0, 0, 0);
        return tokens switch
        {
            ServerTokens.ProductOnly => Product,
            ServerTokens.Major => $"{Product}/{version.Major}",
            ServerTokens.Minor => $"{Product}/{version.ToString(2)}",
            ServerTokens.Minimal => $"{Product}/{version.ToString(3)}",
            _ => $"{Product}/{version.ToString(3)} ({_system ??= ReadSystem()})",
        };
    }

    // The distribution's name, as httpd's packages have it: NAME="Debian GNU/Linux" gives Debian.
    private static string ReadSystem()
    {
        try
        {
            string? line = File.ReadLines("/etc/os-release").FirstOrDefault(text => text.StartsWith("NAME=", StringComparison.Ordinal));
            string name = line?["NAME=".Length..].Trim('"', '\'').Split(' ')[0] ?? "";
            if (name.Length > 0 && name.All(char.IsAsciiLetterOrDigit))
            {
                return name;
            }
        }
        catch (IOException)
        {
            // It says no more than what a system without the file says.
        }

        return "Unix";
    }
}
