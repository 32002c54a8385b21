namespace Roundtrip.Configuration.Expressions;

internal enum TokenKind : byte
{
    End,

    /// <summary>A name or keyword: <c>req</c>, <c>and</c>, <c>true</c>.</summary>
    Name,

    Digits,

    /// <summary><c>==</c>, <c>-eq</c>, <c>-n</c>, <c>&amp;&amp;</c>: whatever stands between or before words.</summary>
    Operator,

    /// <summary>The quote that begins a string.</summary>
    Quote,

    /// <summary><c>$0</c> to <c>$9</c>.</summary>
    BackReference,

    /// <summary><c>%{</c>.</summary>
    Variable,

    /// <summary><c>%{:</c>.</summary>
    Inner,

    /// <summary><c>:}</c>.</summary>
    InnerEnd,

    /// <summary>One of <c>( ) { } , .</c> and <c>/</c>, which begins a regular expression.</summary>
    Mark,
}

/// <param name="At">Where it begins in the text, from 0.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int At)
{
    public int End => At + Text.Length;

    public bool Is(string text) => Text == text && Kind is (TokenKind.Name or TokenKind.Operator or TokenKind.Mark);
}
