using System.Globalization;

namespace Roundtrip.Configuration.Patterns;

internal sealed partial class PcreTranslation
{
    // What stands between [ and ] for each escape that is a set; the capital letter is all that is not in it.
    private static string? SetOf(char escape) => escape switch
    {
        'd' => "0-9",
        'w' => "A-Za-z0-9_",
        's' => @"\t-\r ",
        'h' => @"\t \u00A0",
        'v' => @"\n-\r\u0085\u2028\u2029",
        'D' => @"\0-/:-\uFFFF",
        'W' => @"\0-/:-@\[-\^`{-\uFFFF",
        'S' => @"\0-\x08\x0E-\x1F!-\uFFFF",
        'H' => @"\0-\x08\n-\x1F!-\u009F\u00A1-\uFFFF",
        'V' => @"\0-\t\x0E-\u0084\u0086-\u2027\u202A-\uFFFF",
        'N' => @"\0-\t\x0B-\uFFFF",
        _ => null,
    };

    private static string? PosixSet(string name) => name switch
    {
        "alpha" => "A-Za-z",
        "digit" => "0-9",
        "alnum" => "A-Za-z0-9",
        "upper" => "A-Z",
        "lower" => "a-z",
        "space" => @"\t-\r ",
        "blank" => @"\t ",
        "punct" => @"!-/:-@\[-`{-~",
        "xdigit" => "0-9A-Fa-f",
        "word" => "A-Za-z0-9_",
        "cntrl" => @"\0-\x1F\x7F",
        "graph" => "!-~",
        "print" => " -~",
        "ascii" => @"\0-\x7F",
        "^alpha" => @"\0-@\[-`{-\uFFFF",
        "^digit" => @"\0-/:-\uFFFF",
        "^alnum" => @"\0-/:-@\[-`{-\uFFFF",
        "^upper" => @"\0-@\[-\uFFFF",
        "^lower" => @"\0-`{-\uFFFF",
        "^space" => @"\0-\x08\x0E-\x1F!-\uFFFF",
        "^word" => @"\0-/:-@\[-\^`{-\uFFFF",
        _ => null,
    };

    private void Escape()
    {
        char c = Peek(1);
        if (_at + 1 >= pattern.Length)
        {
            Fail(@"it ends in \");
        }
        else if (SetOf(c) is { } set)
        {
            Atom($"[{set}]", 2);
        }
        else if (c is 'A' or 'b' or 'B' or 'z' or 'Z' or 'G')
        {
            _result.Append('\\').Append(c);
            _at += 2;
            _atom = -1;
        }
        else if (c == 'Q')
        {
            Literal();
        }
        else if (c is 'k' or 'g')
        {
            NamedReference();
        }
        else if (c is >= '1' and <= '9')
        {
            int end = _at + 1;
            while (end < pattern.Length && end < _at + 3 && char.IsAsciiDigit(pattern[end]))
            {
                end++;
            }

            Reference(pattern[(_at + 1)..end], end - _at);
        }
        else
        {
            int at = _at;
            Atom(Character(), 0);
            _atom = _at > at ? _atom : -1;
        }
    }

    // \Q…\E
    private void Literal()
    {
        int end = pattern.IndexOf(@"\E", _at, StringComparison.Ordinal);
        string text = end < 0 ? pattern[(_at + 2)..] : pattern[(_at + 2)..end];
        _at = end < 0 ? pattern.Length : end + 2;
        foreach (char c in text)
        {
            Atom(Literal(c), 0);
        }
    }

    private static string Literal(char c) => char.IsAsciiLetterOrDigit(c) ? c.ToString() : $"\\u{(int)c:X4}";

    private void NamedReference()
    {
        char close = Peek(2) switch { '{' => '}', '<' => '>', '\'' => '\'', _ => '\0' };
        if (close == '\0' && Peek(1) == 'g' && char.IsAsciiDigit(Peek(2)))
        {
            Reference(pattern.Substring(_at + 2, 1), 3);
            return;
        }

        int end = close == '\0' ? -1 : pattern.IndexOf(close, _at + 3);
        if (end < 0 || (Peek(1) == 'g' && close != '}'))
        {
            Fail($@"\{Peek(1)} names no group");
        }
        else
        {
            Reference(pattern[(_at + 3)..end], end + 1 - _at);
        }
    }

    /// <summary>Takes an escape that stands for one character, and goes past it.</summary>
    private string Character()
    {
        char c = Peek(1);
        switch (c)
        {
            case 'a' or 'e' or 'f' or 'n' or 'r' or 't':
                _at += 2;
                return $"\\{c}";
            case '0':
                return Number(_at + 1, 3, 8);
            case 'x' when Peek(2) == '{':
                int end = pattern.IndexOf('}', _at);
                return Number(_at + 3, Math.Max(end - _at - 3, 0), 16, 1);
            case 'x':
                return Number(_at + 2, 2, 16);
            case 'c' when Peek(2) is > ' ' and < (char)127:
                _at += 3;
                return Literal((char)(char.ToUpperInvariant(pattern[_at - 1]) ^ 0x40));
            default:
                if (char.IsAsciiLetterOrDigit(c))
                {
                    Fail($@"\{c} is not known");
                }

                _at += 2;
                return Literal(c);
        }
    }

    private string Number(int begin, int most, int radix, int behind = 0)
    {
        int at = begin, value = 0;
        while (at < pattern.Length && at < begin + most && char.IsAsciiHexDigit(pattern[at]) && Convert.ToInt32(pattern[at].ToString(), 16) < radix && value <= char.MaxValue)
        {
            value = (value * radix) + Convert.ToInt32(pattern[at++].ToString(), 16);
        }

        if (value > char.MaxValue || (behind > 0 && at != begin + most))
        {
            Fail("a character is not given by a number up to FFFF");
        }

        _at = at + behind;
        return Literal((char)value);
    }

    private void Class()
    {
        _atom = _result.Length;
        _result.Append('[');
        _at++;
        if (Peek() == '^')
        {
            _result.Append('^');
            _at++;
        }

        for (bool isFirst = true; _fault.Length == 0; isFirst = false)
        {
            if (_at >= pattern.Length)
            {
                Fail("a [ is not closed");
            }
            else if (Peek() == ']' && !isFirst)
            {
                _result.Append(']');
                _at++;
                return;
            }
            else
            {
                Member();
            }
        }
    }

    private void Member()
    {
        int end = EndOfPosix();
        if (end >= 0)
        {
            string name = pattern[(_at + 2)..end];
            string? set = PosixSet(name);
            _result.Append(set);
            _at = end + 2;
            if (set is null)
            {
                Fail(string.Create(CultureInfo.InvariantCulture, $"there is no class [:{name}:]"));
            }
        }
        else if (Peek() == '\\' && SetOf(Peek(1)) is { } set && Peek(1) != 'N')
        {
            _result.Append(set);
            _at += 2;
        }
        else
        {
            Range();
        }
    }

    /// <returns>Where the <c>:]</c> of a <c>[:name:]</c> stands that begins here; -1 for a <c>[</c> that stands for itself, as in <c>[[:]</c>.</returns>
    private int EndOfPosix()
    {
        int end = StartsWith("[:") ? _at + 2 : pattern.Length;
        while (end < pattern.Length && (char.IsAsciiLetter(pattern[end]) || pattern[end] == '^'))
        {
            end++;
        }

        return pattern.AsSpan(Math.Min(end, pattern.Length)).StartsWith(":]") ? end : -1;
    }

    // One character, or two with - between them; a - anywhere else stands for itself.
    private void Range()
    {
        _result.Append(Single());
        bool isSet = Peek(1) is ']' or '\0' || (Peek(1) == '\\' && SetOf(Peek(2)) is not null) || (Peek(1) == '[' && Peek(2) == ':');
        if (Peek() == '-' && !isSet && _fault.Length == 0)
        {
            _at++;
            _result.Append('-').Append(Single());
        }
    }

    private string Single()
    {
        if (StartsWith(@"\b"))
        {
            _at += 2;
            return @"\b";
        }

        if (Peek() == '\\' && _at + 1 < pattern.Length)
        {
            return Peek(1) is >= '1' and <= '7' ? Number(_at + 1, 3, 8) : Character();
        }

        return Literal(pattern[_at++]);
    }
}
