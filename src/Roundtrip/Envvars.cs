using System.Diagnostics;

namespace Roundtrip.Program;

/// <summary>
/// Debian's <c>envvars</c>: a shell script beside the configuration whose variables the configuration uses. The shell itself reads it, as apache2ctl has it do, in an environment without
/// anything else.
/// </summary>
internal static class Envvars
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The variables that a configuration may use: those of its folder's envvars; where there is none, the process's own.</summary>
    /// <exception cref="ServeException">The script fails, or does not end.</exception>
    public static Func<string, string?> Of(string folder)
    {
        string file = Path.Combine(folder, "envvars");
        return File.Exists(file) ? Evaluate(folder, file).GetValueOrDefault : Environment.GetEnvironmentVariable;
    }

    private static Dictionary<string, string> Evaluate(string folder, string file)
    {
        // The tool's full path is taken, since the script may set PATH to anything.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "set -a; . ./envvars && exec /usr/bin/env -0"])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        start.Environment["APACHE_CONFDIR"] = folder;
        using Process shell = Process.Start(start) ?? throw new ServeException("roundtrip: /bin/sh cannot be started", ExitCode.Missing);
        shell.StandardInput.Close();
        Task<string> output = shell.StandardOutput.ReadToEndAsync();
        Task<string> errors = shell.StandardError.ReadToEndAsync();
        if (!shell.WaitForExit(Patience) || !Task.WaitAll([output, errors], Patience))
        {
            shell.Kill(entireProcessTree: true);
            throw new ServeException($"roundtrip: {file} does not end: it is to set variables only", ExitCode.NotSo);
        }

        return shell.ExitCode == 0
            ? output.Result.Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1])
            : throw new ServeException($"roundtrip: {file}: {errors.Result.Trim()}", ExitCode.NotSo);
    }
}
