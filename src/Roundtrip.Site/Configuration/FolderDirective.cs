namespace Roundtrip.Site.Configuration;

/// <summary>One directive: how many arguments it takes, in words what, and what it does to the configuration.</summary>
/// <param name="Apply">Throws <see cref="FormatException"/> with what is wrong with an argument.</param>
internal sealed record FolderDirective(int Least, int Most, string Usage, Func<FolderConfiguration, string[], FolderConfiguration> Apply);
