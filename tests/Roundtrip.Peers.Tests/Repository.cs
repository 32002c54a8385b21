using System.Runtime.CompilerServices;

namespace Roundtrip.Peers.Tests;

/// <summary>Where things are in the working tree.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string SampleSite => Path.Combine(Root, "samples/site");

    /// <summary>The program as <c>dotnet build</c> makes it.</summary>
    public static string BuiltProgram => Path.Combine(Root, "artifacts/bin/Roundtrip/release/roundtrip.dll");

    /// <summary>The program as <c>eng/publish</c> makes it.</summary>
    public static string PublishedProgram => Path.Combine(Root, "artifacts/publish/Roundtrip/release_linux-x64/roundtrip");

    private static string FindRoot([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../.."));
}
