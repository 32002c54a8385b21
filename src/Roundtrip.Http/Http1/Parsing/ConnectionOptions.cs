using System.Text;

namespace Roundtrip.Http.Http1;

/// <summary>The options of the Connection field that this engine knows (RFC 9110 section 7.6.1).</summary>
[Flags]
internal enum ConnectionOptions : byte
{
    None = 0,
    Close = 1,
    KeepAlive = 2,
    Upgrade = 4,
}

internal static class ConnectionField
{
    /// <summary>The options of all the head's Connection lines; ASCII case is ignored, and so are options that we don't know.</summary>
    public static ConnectionOptions OptionsOf(RequestHead head)
    {
        var options = ConnectionOptions.None;
        if (!head.Has(KnownField.Connection))
        {
            return options;
        }

        foreach (ref readonly FieldEntry field in head.Fields)
        {
            if (field.Known == KnownField.Connection)
            {
                options |= OptionsOf(head.At(field.Value));
            }
        }

        return options;
    }

    /// <summary>The same of a response's fields.</summary>
    public static ConnectionOptions OptionsOf(FieldBuffer fields)
    {
        var options = ConnectionOptions.None;
        foreach (ref readonly FieldEntry field in fields.Fields)
        {
            if (field.Known == KnownField.Connection)
            {
                options |= OptionsOf(fields.At(field.Value));
            }
        }

        return options;
    }

    /// <summary>The options of one line's value.</summary>
    public static ConnectionOptions OptionsOf(ReadOnlySpan<byte> value)
    {
        var options = ConnectionOptions.None;
        while (true)
        {
            int comma = value.IndexOf((byte)',');
            ReadOnlySpan<byte> option = FieldRules.Trim(comma < 0 ? value : value[..comma]);
            options |= option.Length switch
            {
                5 when Ascii.EqualsIgnoreCase(option, "close"u8) => ConnectionOptions.Close,
                10 when Ascii.EqualsIgnoreCase(option, "keep-alive"u8) => ConnectionOptions.KeepAlive,
                7 when Ascii.EqualsIgnoreCase(option, "upgrade"u8) => ConnectionOptions.Upgrade,
                _ => ConnectionOptions.None,
            };
            if (comma < 0)
            {
                return options;
            }

            value = value[(comma + 1)..];
        }
    }
}
