using System.Globalization;
using System.Text;

namespace Roundtrip.Configuration.Patterns;

/// <summary>
/// Writes a pattern of PCRE as one of .NET that means the same. Possessive quantifiers become atomic groups, POSIX classes and <c>\h \v \d \w \s</c> become sets, named groups become
/// numbered ones (since .NET numbers those after the others); what .NET has nothing for is refused.
/// </summary>
internal sealed partial class PcreTranslation(string pattern, bool isMultiline)
{
    private readonly StringBuilder _result = new();
    private readonly Dictionary<string, int> _names = [];

    // Where the groups that are open begin in the result.
    private readonly Stack<int> _open = new();
    private string _fault = "";
    private int _at;

    // Where what a quantifier would repeat begins in the result; -1 where nothing does.
    private int _atom = -1;

    public string Result => _result.ToString();

    public int Groups { get; private set; }

    public IReadOnlyDictionary<string, int> Names => _names;

    public bool TryRun(out string fault)
    {
        while (_at < pattern.Length && _fault.Length == 0)
        {
            Next();
        }

        if (_fault.Length == 0 && _open.Count > 0)
        {
            _fault = "a ( is not closed";
        }

        fault = _fault;
        return fault.Length == 0;
    }

    private char Peek(int offset = 0) => _at + offset < pattern.Length ? pattern[_at + offset] : '\0';

    private bool StartsWith(string text) => pattern.AsSpan(_at).StartsWith(text);

    private void Fail(string fault) => _fault = _fault.Length > 0 ? _fault : fault;

    private void Atom(string text, int consumed)
    {
        _atom = _result.Length;
        _result.Append(text);
        _at += consumed;
    }

    private void Next()
    {
        switch (Peek())
        {
            case '\\':
                Escape();
                break;
            case '[':
                Class();
                break;
            case '(':
                Open();
                break;
            case ')':
                if (!_open.TryPop(out _atom))
                {
                    Fail("a ) has no (");
                }

                _result.Append(')');
                _at++;
                break;
            case '*' or '+' or '?':
                Quantify(1);
                break;
            case '{' when QuantifierLength() is > 0 and int length:
                Quantify(length);
                break;
            case '{':
                Atom(@"\{", 1);
                break;
            case '$' when !isMultiline:
                // RegexDefaultOptions has DOLLAR_ENDONLY: not before a last line end.
                _result.Append(@"\z");
                _at++;
                _atom = -1;
                break;
            case '|' or '^' or '$':
                _result.Append(pattern[_at++]);
                _atom = -1;
                break;
            default:
                Atom(pattern[_at].ToString(), 1);
                break;
        }
    }

    // {n}, {n,} and {n,m} are quantifiers; any other { stands for itself.
    private int QuantifierLength()
    {
        int at = _at + 1, digits = 0;
        while (at < pattern.Length && (char.IsAsciiDigit(pattern[at]) || pattern[at] == ','))
        {
            digits += pattern[at] == ',' ? 0 : 1;
            at++;
        }

        ReadOnlySpan<char> body = pattern.AsSpan(_at + 1, at - _at - 1);
        return at < pattern.Length && pattern[at] == '}' && digits > 0 && body[0] != ',' && body.Count(',') <= 1 ? at + 1 - _at : 0;
    }

    private void Quantify(int length)
    {
        if (_atom < 0)
        {
            Fail("a quantifier has nothing to repeat");
            return;
        }

        _result.Append(pattern, _at, length);
        _at += length;
        if (Peek() == '+')
        {
            _result.Insert(_atom, "(?>").Append(')');
            _at++;
        }
        else if (Peek() == '?')
        {
            _result.Append('?');
            _at++;
        }

        // What is quantified cannot be quantified again.
        _atom = -1;
    }

    private void Open()
    {
        _open.Push(_result.Length);
        _atom = -1;
        if (Peek(1) == '*')
        {
            Fail("verbs such as (*UTF8) are not known");
        }
        else if (Peek(1) != '?')
        {
            Groups++;
            _result.Append('(');
            _at++;
        }
        else if (StartsWith("(?#"))
        {
            _open.Pop();
            int end = pattern.IndexOf(')', _at);
            _at = end < 0 ? pattern.Length : end + 1;
        }
        else if (StartsWith("(?P=") || StartsWith("(?P>") || StartsWith("(?R") || StartsWith("(?&") || StartsWith("(?|") || StartsWith("(?("))
        {
            Special();
        }
        else
        {
            OpenWithOptions();
        }
    }

    private void Special()
    {
        int end = pattern.IndexOf(')', _at);
        if (!StartsWith("(?P=") || end < 0)
        {
            Fail($"{pattern.AsSpan(_at, Math.Min(4, pattern.Length - _at))} (recursion, branch reset or condition) is not known");
            return;
        }

        _open.Pop();
        Reference(pattern[(_at + 4)..end], end + 1 - _at);
    }

    private void OpenWithOptions()
    {
        int name = StartsWith("(?P<") ? 4 : (StartsWith("(?<") && Peek(3) is not ('=' or '!')) || StartsWith("(?'") ? 3 : 0;
        if (name > 0)
        {
            int end = pattern.IndexOfAny(['>', '\''], _at + name);
            string text = end < 0 ? "" : pattern[(_at + name)..end];
            if (text.Length == 0 || !text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') || !_names.TryAdd(text, ++Groups))
            {
                Fail($"the group's name '{text}' is not a name, or is used twice");
                return;
            }

            _result.Append('(');
            _at = end + 1;
            return;
        }

        foreach (string form in (ReadOnlySpan<string>)["(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>"])
        {
            if (StartsWith(form))
            {
                _result.Append(form);
                _at += form.Length;
                return;
            }
        }

        // (?i), (?i-s:…: the flags that mean the same in both. (?J), (?U), (?X) and subroutine calls such as (?1) are PCRE's alone.
        int flags = _at + 2;
        while (flags < pattern.Length && pattern[flags] is 'i' or 'm' or 's' or 'x' or '-')
        {
            flags++;
        }

        if (flags >= pattern.Length || pattern[flags] is not (':' or ')') || flags == _at + 2)
        {
            Fail($"{pattern.AsSpan(_at, Math.Min(4, pattern.Length - _at))} is not known");
        }
        else
        {
            bool isGroup = pattern[flags] == ':';
            if (!isGroup)
            {
                _open.Pop();
            }

            _result.Append(pattern, _at, flags + 1 - _at);
            _at = flags + 1;
        }
    }

    private void Reference(string name, int consumed)
    {
        if (!_names.TryGetValue(name, out int number) && !(int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0))
        {
            Fail($"there is no group '{name}' to refer to");
            return;
        }

        // In a group of its own, so that a digit behind it is not taken for its own.
        Atom($"(?:\\{number})", consumed);
    }
}
