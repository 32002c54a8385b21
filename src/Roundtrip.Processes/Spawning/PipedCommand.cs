using System.Text;

namespace Roundtrip.Processes.Spawning;

/// <summary>
/// What follows CustomLog or ErrorLog when it begins with a bar: <c>|program arguments</c> and <c>||program arguments</c> run the program itself,
/// <c>|$command</c> has /bin/sh run it (httpd's manual, "Piped Logs").
/// </summary>
public sealed record PipedCommand(string Program, IReadOnlyList<string> Arguments)
{
    public static bool TryParse(string text, out PipedCommand? command, out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        (command, error) = (null, null);
        if (!text.StartsWith('|'))
        {
            error = "a piped program begins with |";
            return false;
        }

        if (text.StartsWith("|$", StringComparison.Ordinal))
        {
            command = new PipedCommand("/bin/sh", ["-c", text[2..].Trim()]);
            return text.Length > 2 || Fail("|$ needs a command", out command, out error);
        }

        List<string>? words = Split(text.TrimStart('|'));
        if (words is null)
        {
            return Fail("a quote of the piped program is not closed", out command, out error);
        }

        if (words.Count == 0)
        {
            return Fail("| needs a program", out command, out error);
        }

        command = new PipedCommand(words[0], words[1..]);
        return true;
    }

    private static bool Fail(string reason, out PipedCommand? command, out string? error)
    {
        (command, error) = (null, reason);
        return false;
    }

    // As apr_tokenize_to_argv: blanks part words, ' and " hold them together, \ takes the next character as it is.
    private static List<string>? Split(string text)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        char quote = '\0';
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '\\' && i + 1 < text.Length)
            {
                (word ??= new StringBuilder()).Append(text[++i]);
            }
            else if (quote != '\0' ? c == quote : c is '\'' or '"')
            {
                word ??= new StringBuilder();
                quote = quote == '\0' ? c : '\0';
            }
            else if (quote == '\0' && (c is ' ' or '\t'))
            {
                if (word is not null)
                {
                    words.Add(word.ToString());
                    word = null;
                }
            }
            else
            {
                (word ??= new StringBuilder()).Append(c);
            }
        }

        if (word is not null)
        {
            words.Add(word.ToString());
        }

        return quote == '\0' ? words : null;
    }
}
