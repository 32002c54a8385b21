namespace Roundtrip.Configuration.Expressions;

/// <summary>What an expression's text is.</summary>
public enum ExpressionMode : byte
{
    /// <summary>Something that is true or false: <c>%{HTTP_HOST} == 'x' &amp;&amp; -n $1</c>.</summary>
    Condition,

    /// <summary>A text with variables in it: <c>https://%{HTTP_HOST}/$1</c>. A backslash and quotes stand for themselves save in an escape.</summary>
    StringValue,
}
