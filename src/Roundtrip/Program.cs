using System.CommandLine;
using Roundtrip.Program;

// For the supervisor alone: not among the verbs, since nobody else can give what they need.
switch (args)
{
    case [SupervisedServerCommand.Name]:
        return SupervisedServerCommand.Run();
    case [SupervisedServerCommand.BecomeName, ..]:
        return Roundtrip.Processes.Users.LaunchAs.Become(args[1..]);
}

var root = new RootCommand("A web server, an edge and a network toolkit that spends fewer round trips and shows where each one went.")
{
    ServeCommand.Create(),
    ConfigtestCommand.Create(),
    ModulesCommand.Create(),
    GetCommand.Create(),
    TraceCommand.Create(),
    WsgiFileCommand.Create(),
};
foreach (Command command in ControlCommands.Create())
{
    root.Add(command);
}

// @file is a file's content to get --data-binary, and no file of more arguments.
ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
if (parsed.Errors.Count > 0)
{
    Console.Error.WriteLine(UsageError.Describe(parsed));
    return ExitCode.Usage;
}

return parsed.Invoke();
