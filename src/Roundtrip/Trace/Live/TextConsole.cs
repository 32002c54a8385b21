using Spectre.Console;

namespace Roundtrip.Program;

/// <summary>A console of a known width that asks nobody what it is: what is written to it is text with control sequences.</summary>
internal static class TextConsole
{
    public static IAnsiConsole On(TextWriter output, int width)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.Standard,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = width;
        return console;
    }
}
