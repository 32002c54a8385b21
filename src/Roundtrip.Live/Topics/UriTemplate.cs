using System.Diagnostics.CodeAnalysis;

namespace Roundtrip.Live.Topics;

/// <summary>
/// A URI template (RFC 6570), asked whether a text is one that it may expand to, whatever its variables are. Compiled to an automaton whose states are all followed at once, so that no template
/// and no text takes longer than their lengths' product: a subscriber chooses both.
/// </summary>
public sealed class UriTemplate
{
    private const string Operators = "+#./;?&";
    private readonly List<State> _states = [];

    private UriTemplate()
    {
    }

    /// <summary>Reads a template.</summary>
    /// <returns>False where an expression is not closed, is empty, or has an operator that RFC 6570 reserves.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out UriTemplate? template)
    {
        var made = new UriTemplate();
        template = null;
        int at = 0;
        while (at < text.Length)
        {
            if (text[at] != '{')
            {
                if (text[at] == '}')
                {
                    return false;
                }

                made.Literal(text[at++]);
                continue;
            }

            int end = text.IndexOf('}', at);
            if (end < 0 || !made.Expression(text.AsSpan(at + 1, end - at - 1)))
            {
                return false;
            }

            at = end + 1;
        }

        template = made;
        return true;
    }

    /// <summary>Whether the template may expand to a text.</summary>
    public bool Matches(ReadOnlySpan<char> text)
    {
        int count = _states.Count + 1;
        Span<bool> now = count <= 1024 ? stackalloc bool[count] : new bool[count];
        Span<bool> next = count <= 1024 ? stackalloc bool[count] : new bool[count];
        now.Clear();
        Enter(now, 0);
        foreach (char c in text)
        {
            next.Clear();
            bool lives = false;
            for (int i = 0; i < _states.Count; i++)
            {
                if (now[i] && _states[i].Takes(c))
                {
                    Enter(next, _states[i].IsRun ? i : i + 1);
                    lives = true;
                }
            }

            if (!lives)
            {
                return false;
            }

            Span<bool> spare = now;
            now = next;
            next = spare;
        }

        return now[_states.Count];
    }

    // A run may be left at any moment, and an optional part skipped.
    private void Enter(Span<bool> states, int at)
    {
        while (!states[at])
        {
            states[at] = true;
            if (at == _states.Count)
            {
                return;
            }

            State state = _states[at];
            if (state.Skip > at)
            {
                Enter(states, state.Skip);
            }

            if (!state.IsRun)
            {
                return;
            }

            at++;
        }
    }

    private void Literal(char c) => _states.Add(new State { Char = c });

    private bool Expression(ReadOnlySpan<char> expression)
    {
        if (expression.IsEmpty)
        {
            return false;
        }

        char operation = Operators.Contains(expression[0], StringComparison.Ordinal) ? expression[0] : '\0';
        ReadOnlySpan<char> variables = operation == '\0' ? expression : expression[1..];
        if (variables.IsEmpty)
        {
            return false;
        }

        // RFC 6570 appendix A: what an operator writes first, and between its variables. A run takes commas itself, so where they are what parts variables one run is enough for all.
        char first = operation is '\0' or '+' ? '\0' : operation;
        char between = operation switch { '.' or '/' or ';' => operation, '?' or '&' => '&', _ => ',' };
        bool isFirst = true;
        foreach (Range range in variables.Split(','))
        {
            ReadOnlySpan<char> name = NameOf(variables[range], out bool explodes);
            if (name.IsEmpty || name.ContainsAnyExcept(VariableCharacters))
            {
                return false;
            }

            if (isFirst || between != ',')
            {
                Variable(name, explodes, operation, isFirst ? first : between);
            }

            isFirst = false;
        }

        return true;
    }

    // RFC 6570 §2.4: a variable may have a length that is not exceeded, or come in parts.
    private static ReadOnlySpan<char> NameOf(ReadOnlySpan<char> specification, out bool explodes)
    {
        explodes = specification.EndsWith("*");
        ReadOnlySpan<char> name = explodes ? specification[..^1] : specification;
        int colon = name.IndexOf(':');
        return colon >= 0 && !name[(colon + 1)..].ContainsAnyExceptInRange('0', '9') ? name[..colon] : name;
    }

    // Each variable may be undefined, and then leaves nothing (RFC 6570 §3.2.1): what another operator writes first may so come later.
    private void Variable(ReadOnlySpan<char> name, bool explodes, char operation, char lead)
    {
        bool isNamed = operation is ';' or '?' or '&';
        int start = _states.Count;
        if (lead != '\0')
        {
            _states.Add(new State { Char = lead, Other = operation });
        }

        if (isNamed && !explodes)
        {
            foreach (char c in name)
            {
                Literal(c);
            }

            // RFC 6570 §3.2.7: a parameter of ; without a value has no =.
            int equals = _states.Count;
            Literal('=');
            if (operation == ';')
            {
                _states[equals] = _states[equals] with { Skip = equals + 2 };
            }
        }

        string parts = !explodes ? "," : isNamed ? "=,&;" : "=," + operation;
        _states.Add(new State { IsRun = true, IsReserved = operation is '+' or '#', Extra = parts });
        _states[start] = _states[start] with { Skip = _states.Count };
    }

    private static readonly System.Buffers.SearchValues<char> VariableCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.%");

    /// <summary>One character, or a run of those that a value may have.</summary>
    private readonly record struct State
    {
        public char Char { get; init; }

        /// <summary>Another character that may stand there; NUL for none.</summary>
        public char Other { get; init; }

        public bool IsRun { get; init; }

        public bool IsReserved { get; init; }

        public string Extra { get; init; }

        /// <summary>The state after the part that begins here, where it may be left out.</summary>
        public int Skip { get; init; }

        // RFC 6570 §1.5: unreserved and pct-encoded, and after + and # also reserved. Beyond ASCII topics may be IRIs.
        public bool Takes(char c) => !IsRun
            ? c == Char || (c == Other && c != '\0')
            : char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~' or '%' || c >= 0x80 || Extra.Contains(c, StringComparison.Ordinal)
            || (IsReserved && ":/?#[]@!$&'()*+,;=".Contains(c, StringComparison.Ordinal));
    }
}
