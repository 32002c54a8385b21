using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using Roundtrip.Client;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Transport;

namespace Roundtrip.Program;

/// <summary>What <c>get --json</c> tells of the last request: what came, over what, and where the time went. It hands on to <paramref name="shown"/> what it is told.</summary>
internal sealed class GetReport(ConnectionLines shown) : IClientObserver
{
    private readonly List<(int Status, List<(string Name, string Value)> Fields)> _interim = [];
    private long _begun;
    private long _resolved;
    private long _connected;
    private long _secured;
    private long _started;
    private long _firstByte;
    private long _ended;
    private bool _isNamed;
    private PeerAddress? _address;
    private TlsFacts? _tls;
    private ClientExchange? _exchange;

    public string? Error { get; set; }

    /// <summary>A request is given to the pool.</summary>
    public void Begin()
    {
        _interim.Clear();
        _exchange = null;
        _begun = Stopwatch.GetTimestamp();

        // A connection that is used again was none of this request's time.
        _resolved = _connected = _secured = _started = _firstByte = _ended = 0;
    }

    public void Started(ClientConnection connection)
    {
        _started = Stopwatch.GetTimestamp();
        (_address, _tls) = (connection.Remote, connection.Tls);
    }

    public void Informed(ClientExchange exchange)
    {
        NoteFirst();
        _interim.Add((exchange.Status, Copy(exchange.Fields)));
    }

    public void Responded(ClientExchange exchange)
    {
        NoteFirst();
        _exchange = exchange;
    }

    public void Ended(ClientExchange exchange)
    {
        _ended = Stopwatch.GetTimestamp();
        _exchange = exchange;
    }

    /// <summary>Writes the document.</summary>
    /// <param name="frames">What has counted HTTP/2's header sections.</param>
    public void Write(Stream output, Uri url, FrameLines frames)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("url", url.AbsoluteUri);
        WriteResponse(json);
        WriteConnection(json);
        WriteTimings(json);
        WriteHpack(json, frames);
        json.WriteString("error", Error);
        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
    }

    public void Resolved(Origin origin, IReadOnlyList<IPAddress> addresses)
    {
        _resolved = Stopwatch.GetTimestamp();
        _isNamed = !IPAddress.TryParse(origin.Host, out _);
    }

    public void Connecting(Origin origin, PeerAddress address) => shown.Connecting(origin, address);

    public void AddressFailed(PeerAddress address, string detail) => shown.AddressFailed(address, detail);

    public void Connected(Origin origin, PeerAddress address)
    {
        _connected = Stopwatch.GetTimestamp();
        shown.Connected(origin, address);
    }

    public void Secured(Origin origin, TlsFacts facts)
    {
        _secured = Stopwatch.GetTimestamp();
        shown.Secured(origin, facts);
    }

    public void Opened(ClientConnection connection, ProtocolVersion version) => shown.Opened(connection, version);

    public void Sent(ClientConnection connection, ReadOnlySpan<byte> bytes) => shown.Sent(connection, bytes);

    public void Received(ClientConnection connection, ReadOnlySpan<byte> bytes) => shown.Received(connection, bytes);

    public void Reported(ClientConnection connection, in ProtocolError error) => shown.Reported(connection, error);

    public void Closed(ClientConnection connection, EndReason reason) => shown.Closed(connection, reason);

    // When the first head has come, which is when a user can do something with it; HTTP/2's SETTINGS may come long before.
    private void NoteFirst() => _firstByte = _firstByte == 0 ? Stopwatch.GetTimestamp() : _firstByte;

    private void WriteResponse(Utf8JsonWriter json)
    {
        bool hasResponded = _exchange is { HasResponded: true };
        json.WritePropertyName("status");
        WriteOrNull(json, hasResponded ? _exchange!.Status : null);
        json.WriteString("version", !hasResponded ? null : Get.NameOf(_exchange!.Version));
        json.WriteStartArray("interim");
        foreach ((int status, List<(string Name, string Value)> fields) in _interim)
        {
            json.WriteStartObject();
            json.WriteNumber("status", status);
            WriteFields(json, "fields", fields);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteFields(json, "fields", hasResponded ? Copy(_exchange!.Fields) : []);
        WriteFields(json, "trailers", hasResponded ? Copy(_exchange!.Trailers) : []);
        json.WriteNumber("contentBytes", _exchange?.ContentReceived ?? 0);
    }

    private void WriteConnection(Utf8JsonWriter json)
    {
        json.WriteString("address", _address is { } address ? new IPEndPoint(address.ToIPAddress(), address.Port).ToString() : null);
        if (_tls is null)
        {
            json.WriteNull("tls");
            return;
        }

        json.WriteStartObject("tls");
        json.WriteString("protocol", _tls.Protocol);
        json.WriteString("cipher", _tls.Cipher);
        json.WriteString("alpn", _tls.ApplicationProtocol);
        json.WriteBoolean("resumed", _tls.IsResumed);
        json.WriteEndObject();
    }

    // Milliseconds of each part; null for what was not: a connection that was used again, a host that is an address, no TLS.
    private void WriteTimings(Utf8JsonWriter json)
    {
        json.WriteStartObject("timings");
        WriteTime(json, "dns", _begun, _isNamed ? _resolved : 0);
        WriteTime(json, "connect", _resolved, _connected);
        WriteTime(json, "tls", _connected, _secured);
        WriteTime(json, "firstByte", _started, _firstByte);
        WriteTime(json, "total", _begun, _ended);
        json.WriteEndObject();
    }

    private void WriteHpack(Utf8JsonWriter json, FrameLines frames)
    {
        if (_exchange is not { Version: ProtocolVersion.Http2 })
        {
            json.WriteNull("hpack");
            return;
        }

        json.WriteStartObject("hpack");
        foreach ((string name, (long before, long after)) in (ReadOnlySpan<(string, (long, long))>)[("sent", frames.SentFields), ("received", frames.ReceivedFields)])
        {
            json.WriteStartObject(name);
            json.WriteNumber("before", before);
            json.WriteNumber("after", after);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteTime(Utf8JsonWriter json, string name, long from, long to)
    {
        if (from == 0 || to == 0)
        {
            json.WriteNull(name);
        }
        else
        {
            json.WriteNumber(name, Math.Round(Stopwatch.GetElapsedTime(from, to).TotalMilliseconds, 3));
        }
    }

    private static void WriteOrNull(Utf8JsonWriter json, int? number)
    {
        if (number is { } value)
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    private static void WriteFields(Utf8JsonWriter json, string name, List<(string Name, string Value)> fields)
    {
        json.WriteStartArray(name);
        foreach ((string field, string value) in fields)
        {
            json.WriteStartObject();
            json.WriteString("name", field);
            json.WriteString("value", value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static List<(string Name, string Value)> Copy(FieldBuffer fields)
    {
        var copied = new List<(string Name, string Value)>();
        foreach (ref readonly FieldEntry field in fields.Fields)
        {
            copied.Add((Encoding.Latin1.GetString(fields.At(field.Name)), Encoding.Latin1.GetString(fields.At(field.Value))));
        }

        return copied;
    }
}
