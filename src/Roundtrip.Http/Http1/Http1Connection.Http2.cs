using System.Buffers.Text;
using Roundtrip.Core;
using Roundtrip.Http.Http2;

namespace Roundtrip.Http.Http1;

// How a connection without TLS leaves for HTTP/2: by its first bytes, or by Upgrade.
public sealed partial class Http1Connection
{
    // A payload of SETTINGS in an HTTP2-Settings field: a client has few to send before it knows anything.
    private const int LargestSettings = 256;

    /// <summary>Whether the connection begins as HTTP/2 does, by prior knowledge (RFC 9113 section 3.3), or may yet turn out to.</summary>
    /// <returns>True where no request is to be read now.</returns>
    private bool TryBeginHttp2(ReadOnlySpan<byte> input)
    {
        if (_requests > 0 || (_host.Http2Cleartext & Http2Cleartext.Direct) == 0)
        {
            return false;
        }

        ReadOnlySpan<byte> preface = Http2Preface.Client;
        int common = Math.Min(preface.Length, input.Length);
        if (!input[..common].SequenceEqual(preface[..common]))
        {
            return false;
        }

        if (common == preface.Length)
        {
            LeaveFor(new Http2ServerConnection(_host, _resources.Http2));
        }

        return true;
    }

    /// <summary>Takes a request to HTTP/2 where it asks for that as RFC 7540 section 3.2 has it. It is then answered on stream 1.</summary>
    /// <returns>False where the request is an ordinary one: an Upgrade that is not obeyed is ignored (RFC 9110 section 7.8).</returns>
    private bool TryUpgradeToHttp2(Http1Exchange exchange)
    {
        if ((_host.Http2Cleartext & Http2Cleartext.Upgrade) == 0 || !exchange.AsksFor("h2c"u8))
        {
            return false;
        }

        Span<byte> settings = stackalloc byte[LargestSettings];
        RequestHead request = exchange.Request;
        if (!HasToken(request.ListOf("Connection"), "HTTP2-Settings") || !TryReadSettings(request, settings, out int length))
        {
            return false;
        }

        _host.Output.Write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"u8);
        var next = new Http2ServerConnection(_host, _resources.Http2);
        next.Adopt(request, settings[..length]);

        // The request is the other's now, and so is its line in the log.
        _exchange = null;
        exchange.End(EndReason.Upgraded);
        exchange.Clear();
        _resources.Return(exchange);
        LeaveFor(next);
        return true;
    }

    private void LeaveFor(Http2ServerConnection next)
    {
        _phase = Http1Phase.Over;
        _deadline = Deadline.None;
        _host.SwitchTo(next);
    }

    // RFC 7540 §3.2.1: exactly one field, with the payload of a SETTINGS frame in base64url.
    private static bool TryReadSettings(RequestHead request, Span<byte> settings, out int length)
    {
        length = 0;
        return request.Count(KnownField.Http2Settings) == 1
               && Base64Url.TryDecodeFromUtf8(request.Value(KnownField.Http2Settings), settings, out length)
               && length % Http2.Frames.Setting.Size == 0;
    }

    private static bool HasToken(string? list, string token) =>
        list is not null && list.Split(',').Any(word => word.Trim().Equals(token, StringComparison.OrdinalIgnoreCase));
}
