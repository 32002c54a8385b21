using System.Text;

namespace Roundtrip.Configuration.Syntax;

/// <summary>
/// What stands for <c>${NAME}</c>: the values of Define, then the environment. As in httpd names of values are found without regard to case, a value is not looked into again, and a
/// variable that is not defined stays as it is written.
/// </summary>
internal sealed class Variables(Func<string, string?> environment)
{
    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);

    public void Set(string name, string value) => _values[name] = value;

    public void Remove(string name) => _values.Remove(name);

    /// <param name="maximum">How long the result may be, in characters.</param>
    /// <param name="undefined">Called with each name that has no value. A name with <c>:</c> is none: RewriteMap is written so.</param>
    /// <returns>Null when the result would be longer than <paramref name="maximum"/>.</returns>
    public string? Expand(string text, int maximum, Action<string> undefined)
    {
        if (!text.Contains("${", StringComparison.Ordinal))
        {
            return text.Length <= maximum ? text : null;
        }

        var expanded = new StringBuilder();
        for (int at = 0; at < text.Length;)
        {
            int end = text[at] == '$' && at + 1 < text.Length && text[at + 1] == '{' ? text.IndexOf('}', at + 2) : -1;
            if (end < 0)
            {
                expanded.Append(text[at++]);
            }
            else
            {
                string name = text[(at + 2)..end];
                string? value = _values.GetValueOrDefault(name) ?? environment(name);
                if (value is null && !name.Contains(':'))
                {
                    undefined(name);
                }

                // httpd goes on behind the $ alone: in ${a${b} the inner variable is still expanded.
                expanded.Append(value ?? "$");
                at = value is null ? at + 1 : end + 1;
            }

            if (expanded.Length > maximum)
            {
                return null;
            }
        }

        return expanded.ToString();
    }
}
