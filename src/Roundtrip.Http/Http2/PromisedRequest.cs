using System.Text;
using Roundtrip.Core;

namespace Roundtrip.Http.Http2;

/// <summary>The request that a server makes for the client in PUSH_PROMISE (RFC 9113 section 8.4).</summary>
internal static class PromisedRequest
{
    /// <returns>Null for one that may not be promised or is malformed.</returns>
    public static ClientRequest? Read(FieldSection section)
    {
        if (section.PseudoFault != EndReason.None || section.FieldFault != EndReason.None || section.IsOverLimit || section.Has(PseudoField.Status)
            || !section.Has(PseudoField.Method) || !section.Has(PseudoField.Scheme) || !section.Has(PseudoField.Authority) || !section.Has(PseudoField.Path))
        {
            return null;
        }

        // RFC 9113 §8.4: safe, cacheable and without content.
        string method = TextOf(section, section.MethodName);
        if (method is not ("GET" or "HEAD"))
        {
            return null;
        }

        var fields = new (string Name, string Value)[section.Fields.Length];
        for (int i = 0; i < fields.Length; i++)
        {
            fields[i] = (TextOf(section, section.Fields[i].Name), TextOf(section, section.Fields[i].Value));
        }

        try
        {
            return new ClientRequest(
                method, TextOf(section, section.Scheme), TextOf(section, section.Authority), TextOf(section, section.Path), FieldBlock.Create(fields));
        }
        catch (ArgumentException)
        {
            // White space in a pseudo-field.
            return null;
        }
    }

    private static string TextOf(FieldSection section, Slice slice) => Encoding.Latin1.GetString(section.At(slice));
}
