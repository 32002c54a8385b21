using System.Text;
using Roundtrip.Http;
using Roundtrip.Site.Core;
using Roundtrip.Site.Serving;

namespace Roundtrip.Site.AccessLog;

// What the client asked.
internal static partial class LogItems
{
    private static void RequestLine(ref LineWriter line, in LogFacts facts)
    {
        RequestHead request = facts.Exchange.Request;
        if (!request.Line.IsEmpty)
        {
            line.WriteEscaped(request.Line);
            return;
        }

        // HTTP/2 has no such line, and of one that was refused there is what could be read.
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

    // httpd's r->uri: decoded, and the index file's where a directory was asked for. What came to no path at all stands as it was sent.
    private static void UrlPath(ref LineWriter line, in LogFacts facts)
    {
        if (facts.Path is { Length: > 0 } path)
        {
            line.WriteText(path);
        }
        else
        {
            OrDash(ref line, facts.Request.Path);
        }
    }

    private static void Query(ref LineWriter line, in LogFacts facts)
    {
        if (facts.Request.HasQuery)
        {
            line.Write((byte)'?');
            line.WriteEscaped(facts.Request.Query);
        }
    }

    private static void User(ref LineWriter line, in LogFacts facts)
    {
        if (facts.Asked?.User is not { } user)
        {
            line.Write((byte)'-');
        }
        else if (user.Length == 0)
        {
            line.Write("\"\""u8);
        }
        else
        {
            line.WriteLatin1(user);
        }
    }

    // The name by which the client called the server, or, with UseCanonicalName, the server's own.
    private static void ServerName(ref LineWriter line, in LogFacts facts)
    {
        ReadOnlySpan<byte> name = facts.Exchange.Request.Host;
        if (name.IsEmpty || facts.Settings.Get(CoreSettings.UseCanonicalName))
        {
            line.WriteText(facts.Host.Name);
        }
        else
        {
            line.WriteEscaped(name);
        }
    }

    private static LogItemWriter RequestField(string braces)
    {
        byte[] name = Encoding.UTF8.GetBytes(braces);
        return (ref line, in facts) =>
        {
            // httpd has one table of fields for a request and its error document.
            RequestHead request = RequestFacts.RequestOf(facts.Exchange);
            bool any = false;
            foreach (ref readonly FieldEntry entry in request.Fields)
            {
                if (entry.Name.Length == name.Length && Ascii.EqualsIgnoreCase(request.At(entry.Name), name))
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
        };
    }

    private static LogItemWriter RequestTrailer(string braces)
    {
        byte[] name = Encoding.UTF8.GetBytes(braces);
        return (ref line, in facts) =>
        {
            bool any = false;
            if (facts.Exchange.RequestTrailers is { } trailers)
            {
                WriteFields(ref line, trailers, name, ref any);
            }

            if (!any)
            {
                line.Write((byte)'-');
            }
        };
    }

    private static LogItemWriter Cookie(string braces)
    {
        byte[] name = Encoding.UTF8.GetBytes(braces);
        return (ref line, in facts) =>
        {
            RequestHead request = RequestFacts.RequestOf(facts.Exchange);
            foreach (ref readonly FieldEntry entry in request.Fields)
            {
                if (Ascii.EqualsIgnoreCase(request.At(entry.Name), "Cookie"u8) && TryFindCookie(request.At(entry.Value), name, out ReadOnlySpan<byte> value))
                {
                    OrDash(ref line, value);
                    return;
                }
            }

            line.Write((byte)'-');
        };
    }

    // As mod_log_config does: names without regard to case, blanks around name and value dropped, the first of the name.
    private static bool TryFindCookie(ReadOnlySpan<byte> cookies, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        while (!cookies.IsEmpty)
        {
            int end = cookies.IndexOf((byte)';');
            ReadOnlySpan<byte> pair = end < 0 ? cookies : cookies[..end];
            cookies = end < 0 ? default : cookies[(end + 1)..];
            int equals = pair.IndexOf((byte)'=');
            if (equals > 0 && Ascii.EqualsIgnoreCase(pair[..equals].Trim(" \t"u8), name))
            {
                value = pair[(equals + 1)..].Trim(" \t"u8);
                return true;
            }
        }

        value = default;
        return false;
    }

    private static LogItemWriter EnvironmentVariable(string name) => (ref line, in facts) =>
        line.WriteLatin1(facts.Asked?.Environment.GetValueOrDefault(name) ?? "-");

    private static LogItemWriter Note(string name) => (ref line, in facts) => line.WriteLatin1(facts.Asked?.NoteOf(name) ?? "-");
}
