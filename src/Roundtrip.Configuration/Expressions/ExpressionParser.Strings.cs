using System.Text;
using Roundtrip.Configuration.Patterns;

namespace Roundtrip.Configuration.Expressions;

internal sealed partial class ExpressionParser
{
    private const string Separators = "/#$%^|?!'\",;:._-";

    /// <summary>A text with variables and <c>$1</c> in it, up to a character; <c>\0</c> stands for the end of the whole.</summary>
    private WordNode StringUntil(char end)
    {
        int begin = _scanner.At;
        var parts = new List<WordNode>();
        var plain = new StringBuilder();
        while (end == '\0' ? !_scanner.IsAtEnd : _scanner.Current != end)
        {
            if (_scanner.IsAtEnd)
            {
                throw end == '}' ? Error(begin, "Unterminated variable") : Error(begin - 1, "Unterminated string");
            }

            if (Part() is { } part)
            {
                Flush(parts, plain);
                parts.Add(part);
            }
            else
            {
                plain.Append(Character());
            }
        }

        if (end != '\0')
        {
            _scanner.At++;
        }

        Flush(parts, plain);
        return parts.Count switch
        {
            0 => new Literal(""),
            1 => parts[0],
            _ => new Concatenation(parts),
        };
    }

    private static void Flush(List<WordNode> parts, StringBuilder plain)
    {
        if (plain.Length > 0)
        {
            parts.Add(new Literal(plain.ToString()));
            plain.Clear();
        }
    }

    /// <returns>Null where a character stands for itself.</returns>
    private WordNode? Part()
    {
        if (_scanner.Current is not ('%' or '$'))
        {
            return null;
        }

        int at = _scanner.At;
        ReadOnlySpan<char> rest = _scanner.Text.AsSpan(at);
        bool isInner = rest.StartsWith("%{:");
        if (isInner || rest.StartsWith("%{"))
        {
            Enter(at);
            _scanner.At += isInner ? 3 : 2;
            WordNode part = isInner ? ParseInner() : ParseVariable();
            _depth--;
            return part;
        }

        if (rest.Length > 1 && rest[0] == '$' && char.IsAsciiDigit(rest[1]))
        {
            _scanner.At += 2;
            return new BackReference(rest[1] - '0');
        }

        return null;
    }

    // Behind %{: NAME}, or function:argument}.
    private WordNode ParseVariable()
    {
        int at = _scanner.At;
        while (char.IsAsciiLetterOrDigit(_scanner.Current) || (_scanner.Current == '_' && _scanner.At > at))
        {
            _scanner.At++;
        }

        var name = new Token(TokenKind.Name, _scanner.Text[at.._scanner.At], at);
        if (name.Text.Length == 0 || char.IsAsciiDigit(name.Text[0]) || _scanner.Current is not ('}' or ':'))
        {
            throw _scanner.IsAtEnd ? Error(at, "Unterminated variable") : Error(_scanner.At, $"Unexpected variable character '{_scanner.Current}'");
        }

        bool isVariable = _scanner.Current == '}';
        _scanner.At++;
        if (isVariable)
        {
            return ExpressionVariables.IsKnown(name.Text)
                ? new VariableNode(name.Text.ToUpperInvariant())
                : throw Error(at, $"Variable '{name.Text}' does not exist");
        }

        Func<Evaluation, string[], string?> function = Find(name, out int arity);
        return arity == 1
            ? new FunctionCall(function, [StringUntil('}')])
            : throw Error(at, $"{name.Text} takes {arity} arguments, not 1");
    }

    /// <summary>A character of a string, or the one that an escape stands for.</summary>
    private char Character()
    {
        char c = _scanner.Current;
        int at = _scanner.At++;
        if (c != '\\' || _scanner.IsAtEnd)
        {
            return c == '\n' ? throw Error(at, "Unterminated string or variable") : Printable(c, at);
        }

        char escaped = _scanner.Current;
        _scanner.At++;
        switch (escaped)
        {
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'b': return '\b';
            case 'f': return '\f';
            case >= '0' and <= '7':
                _scanner.At--;
                int octal = Number(3, 8);
                return octal <= byte.MaxValue ? (char)octal : throw Error(at, "Bad character escape sequence");
            case '8' or '9':
                throw Error(at, "Bad character escape sequence");
            case 'x' when char.IsAsciiHexDigit(_scanner.Current):
                return (char)Number(2, 16);
            default:
                return Printable(escaped, at);
        }
    }

    private static char Printable(char c, int at) => char.IsAscii(c) && char.IsControl(c)
        ? throw Error(at, $"Invalid string character '\\x{(int)c:X2}'")
        : c;

    private int Number(int digits, int radix)
    {
        int value = 0;
        for (; digits > 0 && char.IsAsciiHexDigit(_scanner.Current) && Convert.ToInt32(_scanner.Current.ToString(), 16) < radix; digits--)
        {
            value = (value * radix) + Convert.ToInt32(_scanner.Current.ToString(), 16);
            _scanner.At++;
        }

        return value;
    }

    /// <summary><c>/regex/flags</c> or <c>m#regex#flags</c>; <c>s#regex#text#flags</c>. In the regular expression <c>\</c> and the separator are the separator itself.</summary>
    private ParsedPattern ParsePattern(bool isSubstitution)
    {
        _scanner.SkipSpace();
        int at = _scanner.At;
        string kind = isSubstitution ? "s" : "m";
        bool hasKind = _scanner.Text.AsSpan(at).StartsWith(kind);
        _scanner.At += hasKind ? 1 : 0;
        char separator = _scanner.Current;
        if (hasKind ? !Separators.Contains(separator) : isSubstitution || separator != '/')
        {
            throw Error(at, isSubstitution ? "A regular expression s/regex/text/ is expected here" : "A regular expression /regex/ or m#regex# is expected here");
        }

        _scanner.At++;
        string regex = RegexUntil(separator, at);
        WordNode? replacement = isSubstitution ? StringUntil(separator) : null;
        PatternOptions flags = Flags(out bool isGlobal);
        ServerPattern pattern = ServerPattern.Parse(regex, flags, out string fault) ?? throw Error(at, fault);
        return new ParsedPattern(pattern, replacement, isGlobal, at);
    }

    private string RegexUntil(char separator, int begin)
    {
        var regex = new StringBuilder();
        while (_scanner.Current != separator)
        {
            char c = _scanner.Current;
            if (_scanner.IsAtEnd)
            {
                throw Error(begin, "Unterminated regexp");
            }

            int at = _scanner.At++;
            regex.Append(Printable(c, at));
            if (c == '\\' && !_scanner.IsAtEnd)
            {
                regex.Append(Printable(_scanner.Current, _scanner.At));
                _scanner.At++;
            }
        }

        _scanner.At++;
        return regex.ToString();
    }

    // s is always on: RegexDefaultOptions has DOTALL.
    private PatternOptions Flags(out bool isGlobal)
    {
        PatternOptions flags = PatternOptions.None;
        isGlobal = false;
        for (; char.IsAsciiLetterOrDigit(_scanner.Current); _scanner.At++)
        {
            switch (_scanner.Current)
            {
                case 'i':
                    flags |= PatternOptions.IgnoreCase;
                    break;
                case 'm':
                    flags |= PatternOptions.Multiline;
                    break;
                case 'g':
                    isGlobal = true;
                    break;
                case 's':
                    break;
                default:
                    throw Error(_scanner.At, "Invalid regexp flag(s)");
            }
        }

        return flags;
    }

    /// <param name="Replacement">For a substitution.</param>
    private readonly record struct ParsedPattern(ServerPattern Pattern, WordNode? Replacement, bool IsGlobal, int At);
}
