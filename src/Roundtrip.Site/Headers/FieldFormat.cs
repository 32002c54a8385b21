using System.Globalization;
using System.Text;
using Roundtrip.Configuration.Expressions;
using Roundtrip.Site.Serving;

namespace Roundtrip.Site.Headers;

/// <summary>The value of a Header directive: a text with mod_headers' specifiers in it, or <c>expr=</c> and an expression.</summary>
internal sealed class FieldFormat
{
    private readonly string _constant;
    private readonly Part[] _parts;
    private readonly Expression? _expression;

    private FieldFormat(string constant, Part[] parts, Expression? expression) => (_constant, _parts, _expression) = (constant, parts, expression);

    private delegate string Part(RequestFacts request);

    /// <summary>Whether it is the same text for every request.</summary>
    public bool IsConstant => _parts.Length == 0 && _expression is null;

    /// <exception cref="FormatException">A specifier is unknown, or the text cannot stand in a field.</exception>
    public static FieldFormat Parse(string text)
    {
        if (text.StartsWith("expr=", StringComparison.Ordinal))
        {
            return new FieldFormat("", [], Expression.Parse(text[5..], ExpressionMode.StringValue, new ExpressionOptions(), out ExpressionError? error)
                ?? throw new FormatException($"Can't parse value expression : {error}"));
        }

        var parts = new List<Part>();
        var literal = new StringBuilder();
        bool isConstant = true;
        text = FieldText.Checked(text);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                literal.Append(text[i]);
            }
            else if (i + 1 < text.Length && text[i + 1] == '%')
            {
                literal.Append('%');
                i++;
            }
            else
            {
                string before = literal.ToString();
                literal.Clear();
                parts.Add(_ => before);
                parts.Add(Specifier(text, ref i));
                isConstant = false;
            }
        }

        if (isConstant)
        {
            return new FieldFormat(literal.ToString(), [], null);
        }

        string rest = literal.ToString();
        parts.Add(_ => rest);
        return new FieldFormat("", [.. parts], null);
    }

    /// <param name="request">May be null for a constant.</param>
    /// <returns>Null where it cannot be told, or cannot stand in a field: a line's end from a request would split the response.</returns>
    public string? Write(RequestFacts? request)
    {
        if (IsConstant)
        {
            return _constant;
        }

        string value;
        if (_expression is not null)
        {
            ExpressionResult result = _expression.Evaluate(request!);
            if (result.Fault is not null)
            {
                return null;
            }

            value = FieldText.Bytes(result.Text);
        }
        else
        {
            value = string.Concat(_parts.Select(part => part(request!)));
        }

        return FieldText.IsValue(value) ? value : null;
    }

    // i stands at the percent sign, and afterwards at the specifier's last character.
    private static Part Specifier(string text, ref int i)
    {
        i++;
        if (i < text.Length && text[i] == '{')
        {
            int end = text.IndexOf('}', i);
            string name = end < 0 ? "" : text[(i + 1)..end];
            i = end < 0 ? text.Length : end + 1;
            switch (i < text.Length ? text[i] : '\0')
            {
                case 'e':
                    return request => FieldText.Bytes(request.Environment.GetValueOrDefault(name, "(null)"));
                case 's':
                    return request => TlsVariable(request, name);
                default:
                    throw new FormatException($"Unrecognized header format %{text[Math.Min(i, text.Length)..]}");
            }
        }

        return (i < text.Length ? text[i] : '\0') switch
        {
            't' => request => "t=" + (request.ReceivedAt * 1000).ToString(CultureInfo.InvariantCulture),
            'D' => request => "D=" + (request.Elapsed * 1000).ToString(CultureInfo.InvariantCulture),
            'l' => _ => "l=" + LoadAverages(),

            // Deviates: httpd says how many of its workers are idle and busy, in percent. There are no workers that requests would have to wait for.
            'i' => _ => "i=100",
            'b' => _ => "b=0",
            _ => throw new FormatException($"Unrecognized header format %{text[Math.Min(i, text.Length)..]}"),
        };
    }

    private static string TlsVariable(RequestFacts request, string name) => name switch
    {
        "HTTPS" => ((IExpressionContext)request).Variable("HTTPS")!,
        "SSL_TLS_SNI" when request.Exchange.Connection.ServerName is { } server => FieldText.Bytes(server),
        _ => "(null)",
    };

    // The kernel makes this file's text when it is read; no disk is waited for.
    private static string LoadAverages()
    {
        try
        {
            return string.Join('/', File.ReadAllText("/proc/loadavg").Split(' ').Take(3));
        }
        catch (IOException)
        {
            // Off Linux, or in a container that hides it. httpd writes the same where it cannot be had.
            return "(null)";
        }
    }
}
