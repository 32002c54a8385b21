using System.Diagnostics;
using System.Text;

namespace Roundtrip.Peers.Tests;

/// <summary>What a program printed and how it ended.</summary>
internal sealed record Finished(int ExitCode, byte[] Output, string Errors)
{
    public string Text => Encoding.Latin1.GetString(Output);
}

/// <summary>Runs a peer to its end.</summary>
internal static class Run
{
    public static Finished Program(string name, params string[] arguments) => WithInput("", name, arguments);

    /// <param name="input">What the program reads on standard input, as Latin-1.</param>
    public static Finished WithInput(string input, string name, params string[] arguments)
    {
        using var process = new Process { StartInfo = StartInfo(name, arguments) };
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            Assert.Fail($"{name} is not installed ({missing.Message}): run eng/install-peers");
        }

        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var output = new MemoryStream();
        Task copying = process.StandardOutput.BaseStream.CopyToAsync(output);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromSeconds(120)))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{name} {string.Join(' ', arguments)} did not end within two minutes");
        }

        Task.WaitAll(copying, errors);
        return new Finished(process.ExitCode, output.ToArray(), errors.Result);
    }

    public static ProcessStartInfo StartInfo(string name, IEnumerable<string> arguments) => new(name, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        StandardInputEncoding = Encoding.Latin1,
        WorkingDirectory = Repository.Root,
    };
}
