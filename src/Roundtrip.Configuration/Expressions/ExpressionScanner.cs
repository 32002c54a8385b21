namespace Roundtrip.Configuration.Expressions;

/// <summary>
/// Finds the tokens outside strings, the longest that begins at a place, as httpd's scanner does. Strings and regular expressions are not tokens: the parser reads them itself, from
/// <see cref="At"/> on.
/// </summary>
internal sealed class ExpressionScanner(string text)
{
    private static readonly string[] Signs = ["==", "=~", "!=", "!~", "<=", ">=", "&&", "||", "=", "!", "<", ">"];

    public string Text => text;

    /// <summary>Where the next token is looked for.</summary>
    public int At { get; set; }

    public char Current => At < text.Length ? text[At] : '\0';

    public bool IsAtEnd => At >= text.Length;

    public Token Peek()
    {
        SkipSpace();
        char c = Current;
        if (IsAtEnd)
        {
            return new Token(TokenKind.End, "", At);
        }

        if (char.IsAsciiLetter(c))
        {
            return Take(TokenKind.Name, Run(At + 1, IsNameCharacter));
        }

        if (char.IsAsciiDigit(c) || (c == '-' && At + 1 < text.Length && char.IsAsciiDigit(text[At + 1])))
        {
            return Take(TokenKind.Digits, Run(At + 1, char.IsAsciiDigit));
        }

        if (c == '-' && At + 1 < text.Length && (char.IsAsciiLetter(text[At + 1]) || text[At + 1] == '_'))
        {
            return Take(TokenKind.Operator, Run(At + 1, IsNameCharacter));
        }

        return Sign(c);
    }

    public Token Next()
    {
        Token token = Peek();
        At = token.End;
        return token;
    }

    public void SkipSpace()
    {
        while (!IsAtEnd && text[At] is ' ' or '\t' or '\n')
        {
            At++;
        }
    }

    private Token Sign(char c)
    {
        foreach (string sign in Signs)
        {
            if (text.AsSpan(At).StartsWith(sign))
            {
                return Take(TokenKind.Operator, At + sign.Length);
            }
        }

        return c switch
        {
            '"' or '\'' => Take(TokenKind.Quote, At + 1),
            '$' when At + 1 < text.Length && char.IsAsciiDigit(text[At + 1]) => Take(TokenKind.BackReference, At + 2),
            '%' when text.AsSpan(At).StartsWith("%{:") => Take(TokenKind.Inner, At + 3),
            '%' when text.AsSpan(At).StartsWith("%{") => Take(TokenKind.Variable, At + 2),
            ':' when text.AsSpan(At).StartsWith(":}") => Take(TokenKind.InnerEnd, At + 2),
            '(' or ')' or '{' or '}' or ',' or '.' or '/' => Take(TokenKind.Mark, At + 1),
            _ => throw new ExpressionSyntaxException(At + 1, $"Parse error near character '{(char.IsControl(c) ? $"\\x{(int)c:X2}" : c.ToString())}'"),
        };
    }

    private Token Take(TokenKind kind, int end) => new(kind, text[At..end], At);

    private int Run(int at, Func<char, bool> belongs)
    {
        while (at < text.Length && belongs(text[at]))
        {
            at++;
        }

        return at;
    }

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
}
