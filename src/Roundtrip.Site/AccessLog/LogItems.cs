using System.Text;
using Roundtrip.Core;
using Roundtrip.Http;

namespace Roundtrip.Site.AccessLog;

/// <summary>The items of a log format: a new one is one line in <see cref="Plain"/> or <see cref="WithArgument"/>, and its method.</summary>
internal static class LogItems
{
    /// <summary>By the letter behind the percent sign.</summary>
    public static readonly Dictionary<char, LogItemWriter> Plain = new()
    {
        ['%'] = static (ref line, in _, _) => line.Write((byte)'%'),
        ['a'] = Address,
        ['h'] = Address,
        ['l'] = Absent,
        ['u'] = Absent,
        ['t'] = static (ref line, in facts, _) => line.Write(facts.Time),
        ['r'] = RequestLine,
        ['m'] = static (ref line, in facts, _) => OrDash(ref line, facts.Request.MethodName),
        ['U'] = static (ref line, in facts, _) => OrDash(ref line, facts.Request.Path),
        ['q'] = Query,
        ['H'] = static (ref line, in facts, _) => line.Write(Protocol(facts.Request.Version)),
        ['s'] = static (ref line, in facts, _) => line.Write(facts.Exchange.Status),
        ['b'] = SizeOrDash,
        ['B'] = static (ref line, in facts, _) => line.Write(facts.Exchange.ContentSent),
        ['D'] = static (ref line, in facts, _) => line.Write(facts.Elapsed * 1000),
        ['T'] = static (ref line, in facts, _) => line.Write(facts.Elapsed / 1000),
        ['p'] = static (ref line, in facts, _) => line.Write(facts.Exchange.Connection.Local.Port),
        ['v'] = static (ref line, in facts, _) => OrDash(ref line, Host(facts.Request.Authority)),
        ['V'] = static (ref line, in facts, _) => OrDash(ref line, Host(facts.Request.Authority)),
        ['X'] = ConnectionStatus,
    };

    /// <summary>By the letter behind the closing brace.</summary>
    public static readonly Dictionary<char, LogItemWriter> WithArgument = new()
    {
        ['i'] = RequestField,
        ['T'] = Duration,
    };

    /// <summary>What may stand in the braces, where not everything may.</summary>
    public static readonly Dictionary<char, string[]> Arguments = new()
    {
        ['T'] = ["ms", "us", "s"],
    };

    public static void Literal(ref LineWriter line, in LogFacts facts, byte[] argument) => line.Write(argument);

    private static void Address(ref LineWriter line, in LogFacts facts, byte[] argument) => line.Write(facts.Exchange.Connection.Remote);

    private static void Absent(ref LineWriter line, in LogFacts facts, byte[] argument) => line.Write((byte)'-');

    private static void RequestLine(ref LineWriter line, in LogFacts facts, byte[] argument)
    {
        RequestHead request = facts.Request;
        if (request.MethodName.IsEmpty)
        {
            line.Write((byte)'-');
            return;
        }

        line.WriteEscaped(request.MethodName);
        line.Write((byte)' ');
        line.WriteEscaped(request.Target);
        if (request.Version != ProtocolVersion.Http09)
        {
            line.Write((byte)' ');
            line.Write(Protocol(request.Version));
        }
    }

    private static void Query(ref LineWriter line, in LogFacts facts, byte[] argument)
    {
        if (facts.Request.HasQuery)
        {
            line.Write((byte)'?');
            line.WriteEscaped(facts.Request.Query);
        }
    }

    private static void SizeOrDash(ref LineWriter line, in LogFacts facts, byte[] argument)
    {
        if (facts.Exchange.ContentSent == 0)
        {
            line.Write((byte)'-');
        }
        else
        {
            line.Write(facts.Exchange.ContentSent);
        }
    }

    private static void RequestField(ref LineWriter line, in LogFacts facts, byte[] argument)
    {
        RequestHead request = facts.Request;
        bool any = false;
        foreach (ref readonly FieldEntry entry in request.Fields)
        {
            if (entry.Name.Length == argument.Length && Ascii.EqualsIgnoreCase(request.At(entry.Name), argument))
            {
                // RFC 9110 §5.3: several lines of a field are one list.
                line.Write(any ? ", "u8 : default);
                line.WriteEscaped(request.At(entry.Value));
                any = true;
            }
        }

        if (!any)
        {
            line.Write((byte)'-');
        }
    }

    private static void Duration(ref LineWriter line, in LogFacts facts, byte[] argument) => line.Write(argument[0] switch
    {
        (byte)'m' => facts.Elapsed,
        (byte)'u' => facts.Elapsed * 1000,
        _ => facts.Elapsed / 1000,
    });

    // X: ended before the response was complete. "+" and "-": whether the client lets the connection go on.
    private static void ConnectionStatus(ref LineWriter line, in LogFacts facts, byte[] argument)
    {
        RequestHead request = facts.Request;
        ReadOnlySpan<byte> connection = request.Value(KnownField.Connection);
        bool goesOn = request.Version switch
        {
            ProtocolVersion.Http09 => false,
            ProtocolVersion.Http10 => Ascii.EqualsIgnoreCase(connection, "keep-alive"u8),
            _ => !Ascii.EqualsIgnoreCase(connection, "close"u8),
        };
        line.Write(facts.Exchange.EndReason != EndReason.Completed ? (byte)'X' : goesOn ? (byte)'+' : (byte)'-');
    }

    private static ReadOnlySpan<byte> Host(ReadOnlySpan<byte> authority)
    {
        int colon = authority.LastIndexOf((byte)':');
        return colon < 0 || authority[colon..].Contains((byte)']') ? authority : authority[..colon];
    }

    private static ReadOnlySpan<byte> Protocol(ProtocolVersion version) => version switch
    {
        ProtocolVersion.Http09 => "HTTP/0.9"u8,
        ProtocolVersion.Http10 => "HTTP/1.0"u8,
        ProtocolVersion.Http11 => "HTTP/1.1"u8,
        _ => "HTTP/2.0"u8,
    };

    private static void OrDash(ref LineWriter line, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            line.Write((byte)'-');
        }
        else
        {
            line.WriteEscaped(value);
        }
    }
}
