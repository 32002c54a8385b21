using System.Text;
using Roundtrip.Http;

namespace Roundtrip.Site.Headers;

/// <summary>Text of a configuration on its way into a field. Fields are bytes: here each byte of one is a character, as in what a request's fields are read into.</summary>
internal static class FieldText
{
    /// <summary>The bytes of a text's UTF-8, each as a character.</summary>
    public static string Bytes(string text) => System.Text.Ascii.IsValid(text) ? text : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    /// <exception cref="FormatException">It has what would split a response (RFC 9110 section 5.5).</exception>
    public static string Checked(string text)
    {
        string bytes = Bytes(text);
        return IsValue(bytes) ? bytes : throw new FormatException("a field's value must have no control characters: they would split the response");
    }

    public static bool IsValue(string value)
    {
        foreach (char c in value)
        {
            if ((c < ' ' && c != '\t') || c is '\x7F' or > '\xFF')
            {
                return false;
            }
        }

        return true;
    }

    public static bool IsName(string name) => FieldRules.IsToken(Encoding.Latin1.GetBytes(name)) && System.Text.Ascii.IsValid(name);
}
