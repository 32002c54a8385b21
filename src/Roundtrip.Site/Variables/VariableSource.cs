using System.Text;
using Roundtrip.Configuration.Patterns;
using Roundtrip.Core;
using Roundtrip.Http;

namespace Roundtrip.Site.Variables;

/// <summary>What of a request a SetEnvIf looks at.</summary>
/// <param name="Kind">Which part; of a field the <paramref name="Name"/>, of several fields the <paramref name="Names"/>.</param>
/// <param name="Name">The attribute as it was written; also that of an earlier variable, where no field has it.</param>
/// <param name="Names">The pattern of the names of fields, of which the first counts.</param>
internal sealed record VariableSource(VariableSourceKind Kind, string Name, ServerPattern? Names)
{
    /// <exception cref="FormatException">It is neither a name nor a pattern.</exception>
    public static VariableSource Parse(string attribute)
    {
        VariableSourceKind kind = attribute.ToUpperInvariant() switch
        {
            // Deviates: HostnameLookups is off always, so a host's name is its address, as httpd then has it.
            "REMOTE_HOST" or "REMOTE_ADDR" => VariableSourceKind.RemoteAddress,
            "SERVER_ADDR" => VariableSourceKind.ServerAddress,
            "REQUEST_URI" => VariableSourceKind.Path,
            "REQUEST_METHOD" => VariableSourceKind.Method,
            "REQUEST_PROTOCOL" => VariableSourceKind.Protocol,
            _ => VariableSourceKind.Field,
        };

        // mod_setenvif.c, is_header_regex: any other character makes it a pattern of names.
        if (kind != VariableSourceKind.Field || attribute.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            return new VariableSource(kind, attribute, null);
        }

        return new VariableSource(VariableSourceKind.Fields, attribute, ServerPattern.Parse(attribute, PatternOptions.IgnoreCase, out string fault)
            ?? throw new FormatException($"Header name regex could not be compiled. {fault}"));
    }

    /// <returns>The bytes as characters; null for what is not there.</returns>
    /// <param name="path">The path that REQUEST_URI is.</param>
    public string? Read(RequestHead request, IConnectionHost connection, string path) => Kind switch
    {
        VariableSourceKind.RemoteAddress => Address(connection.Remote),
        VariableSourceKind.ServerAddress => Address(connection.Local),
        VariableSourceKind.Path => path,
        VariableSourceKind.Method => Encoding.Latin1.GetString(request.MethodName),
        VariableSourceKind.Protocol => Encoding.Latin1.GetString(Protocol(request.Version)),
        _ => ReadField(request),
    };

    /// <summary>Writes the value, for a key of what was found out before.</summary>
    /// <returns>The bytes written; -1 where there is not enough room, or the value is more than one.</returns>
    public int Write(RequestHead request, IConnectionHost connection, Span<byte> destination)
    {
        switch (Kind)
        {
            case VariableSourceKind.RemoteAddress:
                return WriteAddress(connection.Remote, destination);
            case VariableSourceKind.ServerAddress:
                return WriteAddress(connection.Local, destination);
            case VariableSourceKind.Path:
                return Copy(request.Path, destination);
            case VariableSourceKind.Method:
                return Copy(request.MethodName, destination);
            case VariableSourceKind.Protocol:
                return Copy(Protocol(request.Version), destination);
            case VariableSourceKind.Fields:
                return -1;
        }

        int written = 0;
        foreach (ref readonly FieldEntry entry in request.Fields)
        {
            if (Ascii.EqualsIgnoreCase(request.At(entry.Name), Name))
            {
                // No field's value has this byte, so that an empty one differs from none, and two from one.
                if (written == destination.Length)
                {
                    return -1;
                }

                destination[written++] = 1;
                int more = Copy(request.At(entry.Value), destination[written..]);
                if (more < 0)
                {
                    return -1;
                }

                written += more;
            }
        }

        return written;
    }

    private string? ReadField(RequestHead request)
    {
        if (Names is null)
        {
            return request.ListOf(Name);
        }

        foreach (ref readonly FieldEntry entry in request.Fields)
        {
            if (Names.Match(Encoding.Latin1.GetString(request.At(entry.Name))).IsMatch)
            {
                return Encoding.Latin1.GetString(request.At(entry.Value));
            }
        }

        return null;
    }

    private static string Address(PeerAddress address)
    {
        Span<byte> text = stackalloc byte[LongestAddress];
        return Encoding.ASCII.GetString(text[..address.FormatAddress(text)]);
    }

    private static int WriteAddress(PeerAddress address, Span<byte> destination) => destination.Length < LongestAddress ? -1 : address.FormatAddress(destination);

    private static int Copy(ReadOnlySpan<byte> value, Span<byte> destination) => value.TryCopyTo(destination) ? value.Length : -1;

    private static ReadOnlySpan<byte> Protocol(ProtocolVersion version) => version switch
    {
        ProtocolVersion.Http09 => "HTTP/0.9"u8,
        ProtocolVersion.Http10 => "HTTP/1.0"u8,
        ProtocolVersion.Http11 => "HTTP/1.1"u8,
        _ => "HTTP/2.0"u8,
    };

    private const int LongestAddress = 45;
}

internal enum VariableSourceKind : byte
{
    Field,
    Fields,
    RemoteAddress,
    ServerAddress,
    Path,
    Method,
    Protocol,
}
