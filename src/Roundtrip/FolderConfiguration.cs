using System.Net;
using Roundtrip.Configuration;
using Roundtrip.Configuration.Loading;
using Roundtrip.Site;

namespace Roundtrip.Program;

/// <summary>Reads the configuration of a folder.</summary>
internal static class FolderConfiguration
{
    /// <exception cref="ServeException">There is a <c>site.conf</c> and it cannot be read: serving without what it says could serve what it forbids.</exception>
    /// <param name="application">The <c>module:callable</c> of --wsgi; null for none.</param>
    public static BuiltConfiguration Read(string folder, IConfigurationSource source, string? application = null)
    {
        string file = Path.Combine(folder, "site.conf");
        bool hasFile = true;
        try
        {
            File.OpenHandle(file).Dispose();
        }
        catch (FileNotFoundException)
        {
            hasFile = false;
        }
        catch (UnauthorizedAccessException fault)
        {
            throw new ServeException($"roundtrip: {file} cannot be read: {fault.Message} (chmod u+r {file}, as its owner)", ExitCode.Missing);
        }
        catch (IOException fault)
        {
            throw new ServeException($"roundtrip: {file} cannot be read: {fault.Message}", ExitCode.NotSo);
        }

        return SiteConfiguration.LoadFolder(source, folder, hasFile, Resolve, application);
    }

    /// <summary>The addresses of a name; none where it has none.</summary>
    public static IReadOnlyList<IPAddress> Resolve(string name)
    {
        try
        {
            return Dns.GetHostAddresses(name);
        }
        catch (System.Net.Sockets.SocketException)
        {
            return [];
        }
    }
}
