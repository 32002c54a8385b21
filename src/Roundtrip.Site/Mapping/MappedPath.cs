namespace Roundtrip.Site.Mapping;

/// <summary>What a URL's path stands for, before the file system was asked.</summary>
/// <param name="Status">0 for a file; the status of a redirect; 403 where a mapping left its folder.</param>
/// <param name="Folder">The folder of a file, with a slash at its end: the part of its path that the configuration says.</param>
/// <param name="Relative">The rest, in the file system's bytes, without a slash at its beginning.</param>
/// <param name="Target">The URL of a redirect.</param>
/// <param name="Handler">The handler that the mapping chose; empty for none.</param>
internal sealed record MappedPath(int Status, string Folder, byte[] Relative, string Target, string Handler)
{
    public static readonly MappedPath Forbidden = new(403, "/", [], "", "");

    /// <summary>The file's full path as text, for sections to be held against.</summary>
    public string FileName { get; } = Folder + PathText.Of(Relative);

    /// <summary>Where the part of the path that names a program without a file ends; less than 0 for a file.</summary>
    public int ProgramLength { get; private init; } = -1;

    /// <summary>The file that is so many bytes of <see cref="Relative"/>; what stands behind them is its path information.</summary>
    public MappedPath Above(int length) => new(Status, Folder, Relative[..length], Target, Handler);

    /// <param name="folder">The folder whose sections are to hold for the program.</param>
    /// <param name="length">How much of the URL's path names it.</param>
    public static MappedPath Program(string folder, string handler, int length) => new(0, folder, [], "", handler) { ProgramLength = length };

    public static MappedPath File(string folder, string relative, string handler) => new(0, folder, PathText.Bytes(relative), "", handler);

    public static MappedPath Redirect(int status, string target) => new(status, "/", [], target, "");
}
