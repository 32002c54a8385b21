using System.Net;

namespace Roundtrip.Program;

/// <summary>Which folder is served where.</summary>
/// <param name="Folder">Its full path.</param>
internal sealed record FolderAddress(string Folder, IPAddress Bind, ushort HttpPort, ushort HttpsPort)
{
    /// <summary>The <c>module:callable</c> of a WSGI application that answers; null for the folder's files.</summary>
    public string? Application { get; init; }
}
