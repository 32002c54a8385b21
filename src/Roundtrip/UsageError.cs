using System.CommandLine;

namespace Roundtrip.Program;

/// <summary>What is wrong with a command line: a line for each mistake, and where to read more.</summary>
internal static class UsageError
{
    public static string Describe(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string help = parsed.CommandResult.Parent is null ? "roundtrip --help" : $"roundtrip {command.Name} --help";

        // A word that has no place leaves those behind it without one, and the command without what it needs: the first says it all.
        IEnumerable<string> mistakes = parsed.UnmatchedTokens is [string word, ..]
            ? [WhyUnmatched(word, command)]
            : parsed.Errors.Select(error => error.Message.TrimEnd('.'));
        return string.Join('\n', mistakes.Select(mistake => $"roundtrip: {mistake}")) + $" (see {help})";
    }

    private static string WhyUnmatched(string word, Command command) => command.Subcommands.Count > 0 && !word.StartsWith('-')
        ? $"there is no command '{word}'"
        : word.StartsWith('-') ? $"there is no option '{word}'" : $"'{word}' is one argument more than {command.Name} takes";
}
