namespace Roundtrip.Processes.Tests;

/// <summary>How many descriptors this process has, without the libraries that .NET opens when it first needs them.</summary>
internal static class OpenDescriptors
{
    public static int Count() => Directory.GetFileSystemEntries("/proc/self/fd")
        .Count(fd => new FileInfo(fd).LinkTarget?.EndsWith(".dll", StringComparison.Ordinal) != true);
}
