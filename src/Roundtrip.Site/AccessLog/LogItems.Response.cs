using System.Text;
using Roundtrip.Core;
using Roundtrip.Http;

namespace Roundtrip.Site.AccessLog;

// What was answered.
internal static partial class LogItems
{
    private static void Status(ref LineWriter line, in LogFacts facts)
    {
        if (facts.Exchange.Status == 0)
        {
            line.Write((byte)'-');
        }
        else
        {
            line.Write(facts.Exchange.Status);
        }
    }

    private static void SizeOrDash(ref LineWriter line, in LogFacts facts)
    {
        if (facts.ContentSent == 0)
        {
            line.Write((byte)'-');
        }
        else
        {
            line.Write(facts.ContentSent);
        }
    }

    // The engine's own fields first. As in httpd, Date and Server, which every response has, are not among what can be logged.
    private static LogItemWriter ResponseField(string braces)
    {
        LogItemWriter sent = SentField(braces);
        return (ref line, in facts) => (facts.IsReplaced ? Absent : sent)(ref line, facts);
    }

    private static LogItemWriter SentField(string braces) => braces.ToUpperInvariant() switch
    {
        "CONTENT-LENGTH" => ContentLength,
        "CONNECTION" => static (ref line, in facts) => OrDash(ref line, facts.Exchange.SentConnectionOption),
        "TRANSFER-ENCODING" => static (ref line, in facts) => line.Write(facts.Exchange.IsResponseChunked ? "chunked"u8 : "-"u8),
        _ => HandlersField(Encoding.UTF8.GetBytes(braces)),
    };

    private static LogItemWriter HandlersField(byte[] name) => (ref line, in facts) =>
    {
        bool any = false;
        FieldBlock shared = facts.Exchange.SharedFields;
        foreach (ref readonly FieldEntry entry in shared.Fields)
        {
            if (Ascii.EqualsIgnoreCase(shared.At(entry.Name), name))
            {
                AddToList(ref line, shared.At(entry.Value), ref any);
            }
        }

        WriteFields(ref line, facts.Exchange.ResponseFields, name, ref any);
        if (!any)
        {
            line.Write((byte)'-');
        }
    };

    private static void WriteFields(ref LineWriter line, FieldBuffer fields, byte[] name, ref bool any)
    {
        foreach (ref readonly FieldEntry entry in fields.Fields)
        {
            if (Ascii.EqualsIgnoreCase(fields.At(entry.Name), name))
            {
                AddToList(ref line, fields.At(entry.Value), ref any);
            }
        }
    }

    private static void AddToList(ref LineWriter line, ReadOnlySpan<byte> value, ref bool any)
    {
        line.Write(any ? ", "u8 : default);
        line.WriteEscaped(value);
        any = true;
    }

    private static void ContentLength(ref LineWriter line, in LogFacts facts)
    {
        if (facts.Exchange.SentContentLength < 0)
        {
            line.Write((byte)'-');
        }
        else
        {
            line.Write(facts.Exchange.SentContentLength);
        }
    }

    // X: ended before the response was complete. "+" and "-": whether the connection goes on.
    private static void ConnectionStatus(ref LineWriter line, in LogFacts facts)
    {
        Exchange exchange = facts.Exchange;
        bool isWhole = exchange.EndReason == EndReason.Completed
            || exchange.SentContentLength >= 0 && (exchange.Request.Method == Method.Head || exchange.ContentSent >= exchange.SentContentLength);
        bool goesOn = exchange.Request.Version switch
        {
            ProtocolVersion.Http09 => false,
            ProtocolVersion.Http10 => exchange.SentConnectionOption.SequenceEqual("keep-alive"u8),
            _ => exchange.SentConnectionOption.IsEmpty,
        };
        line.Write(!isWhole ? (byte)'X' : goesOn ? (byte)'+' : (byte)'-');
    }
}
