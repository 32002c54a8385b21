namespace Roundtrip.Site.Core;

/// <summary>AcceptPathInfo: what becomes of a path that goes on behind a file.</summary>
internal enum PathInfoRule
{
    /// <summary>It is not found, whatever the file is.</summary>
    Off,

    /// <summary>It is the file's.</summary>
    On,

    /// <summary>A program's PATH_INFO; behind any other file nothing is found.</summary>
    Default,
}
