namespace Roundtrip.Configuration.Loading;

/// <summary>
/// What a configuration is read from. Paths are absolute, with <c>/</c>, without <c>.</c> and <c>..</c> components; symbolic links are the source's business. Nothing here throws: what
/// cannot be had is said in the answer. A source gives the same answer to the same question for as long as one load lasts.
/// </summary>
public interface IConfigurationSource
{
    /// <summary>A file's text. A source should not read files far beyond <see cref="ConfigurationLimits.Text"/>.</summary>
    FileText Read(string path);

    PathKind KindOf(string path);

    /// <summary>The names in a directory, in any order, without <c>.</c> and <c>..</c>.</summary>
    DirectoryNames List(string path);

    /// <summary>A variable of the environment; null where it is not set.</summary>
    string? Variable(string name);
}

/// <summary>What is at a path.</summary>
public enum PathKind : byte
{
    Nothing,
    File,
    Directory,
}

/// <summary>A file's text, or why there is none.</summary>
/// <param name="Text">Null where it cannot be had.</param>
/// <param name="Fault">Why, such as <c>Permission denied</c>; empty when there is a text.</param>
public readonly record struct FileText(string? Text, string Fault = "");

/// <summary>A directory's names, or why there are none.</summary>
/// <param name="Names">Null where they cannot be had.</param>
/// <param name="Fault">Why; empty when there are names.</param>
public readonly record struct DirectoryNames(IReadOnlyList<string>? Names, string Fault = "");
