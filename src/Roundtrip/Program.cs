using System.CommandLine;
using Roundtrip.Program;

var root = new RootCommand("A web server, an edge and a network toolkit that spends fewer round trips and shows where each one went.")
{
    ServeCommand.Create(),
    ConfigtestCommand.Create(),
    ModulesCommand.Create(),
};

ParseResult parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
    {
        Console.Error.WriteLine($"roundtrip: {error.Message}");
    }

    Console.Error.WriteLine("roundtrip: see roundtrip --help");
    return ExitCode.Usage;
}

return parsed.Invoke();
