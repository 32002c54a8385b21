namespace Roundtrip.Program;

/// <summary>Which program this is.</summary>
internal static class Build
{
    /// <summary>Supervisor and server must be of one build: the module's identifier is another one for each.</summary>
    public static string Version { get; } = $"{typeof(Build).Assembly.GetName().Version} {typeof(Build).Module.ModuleVersionId}";

    /// <summary>The file to start it with.</summary>
    public static string ProgramPath { get; } = Environment.ProcessPath!;

    /// <summary>What goes before the verb: the assembly, where the program is run by the dotnet command.</summary>
    public static IReadOnlyList<string> ProgramArguments { get; } =
        Path.GetFileNameWithoutExtension(ProgramPath) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
}
