namespace Roundtrip.Configuration.Sections;

public enum ScopeKind : byte
{
    /// <summary>The main server: outside all sections.</summary>
    Server,
    VirtualHost,

    /// <summary>Directory and DirectoryMatch.</summary>
    Directory,

    /// <summary>Files and FilesMatch.</summary>
    Files,

    /// <summary>Location and LocationMatch.</summary>
    Location,

    /// <summary>If, ElseIf and Else.</summary>
    If,
}
