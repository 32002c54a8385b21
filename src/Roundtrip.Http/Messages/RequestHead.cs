using System.Text;
using Roundtrip.Core;

namespace Roundtrip.Http;

/// <summary>
/// The method, target and fields of a request: slices of the bytes in which they came, which are not copied unless the request outlives
/// them (<see cref="Retain"/>). An engine fills it and uses it again for the next request; handlers read it while their exchange is open.
/// </summary>
public sealed class RequestHead
{
    private byte[] _storage = [];
    private int _base;
    private byte[]? _retained;
    private FieldEntry[] _fields = new FieldEntry[24];
    private ulong _present;
    private Slice _line;
    private Slice _method;
    private Slice _target;
    private Slice _authority;
    private Slice _path;
    private Slice _query;
    private Slice _protocol;

    public Method Method { get; private set; }

    public ProtocolVersion Version { get; internal set; }

    /// <summary>Whether the target's scheme is https: by the connection, or by the target itself where it is in absolute form.</summary>
    public bool IsSecure { get; internal set; }

    /// <summary>How many bytes the head has, from the method to the empty line's end.</summary>
    public int Length { get; internal set; }

    /// <summary>The request line as sent, without its end; empty where there was none that could be read, and in HTTP/2.</summary>
    public ReadOnlySpan<byte> Line => At(_line);

    public ReadOnlySpan<byte> MethodName => At(_method);

    /// <summary>The target as sent (RFC 9112 section 3.2), with its query.</summary>
    public ReadOnlySpan<byte> Target => At(_target);

    /// <summary>The authority of the target URI: of an absolute form, else of Host; as sent, perhaps empty.</summary>
    public ReadOnlySpan<byte> Authority => At(_authority);

    /// <summary>The host of <see cref="Authority"/>: without a port; brackets of an IPv6 address stay.</summary>
    public ReadOnlySpan<byte> Host
    {
        get
        {
            ReadOnlySpan<byte> authority = Authority;
            int colon = authority.LastIndexOf((byte)':');
            return colon < 0 || authority[colon..].Contains((byte)']') ? authority : authority[..colon];
        }
    }

    /// <summary>The path of the target URI, still percent-encoded; <c>*</c> for an asterisk form, empty for an authority form.</summary>
    public ReadOnlySpan<byte> Path => At(_path);

    /// <summary>What stands behind the first <c>?</c>, still percent-encoded.</summary>
    public ReadOnlySpan<byte> Query => At(_query);

    /// <summary>The protocol that an extended CONNECT asks for (RFC 8441 section 4); empty for any other request.</summary>
    public ReadOnlySpan<byte> Protocol => At(_protocol);

    /// <summary>Whether the target has a <c>?</c>, even with nothing behind it.</summary>
    public bool HasQuery { get; private set; }

    public int FieldCount { get; private set; }

    public ReadOnlySpan<FieldEntry> Fields => _fields.AsSpan(0, FieldCount);

    /// <summary>The bytes of a slice of this head.</summary>
    public ReadOnlySpan<byte> At(Slice slice) => _storage.AsSpan(_base + slice.Offset, slice.Length);

    public bool Has(KnownField field) => (_present & (1UL << (int)field)) != 0;

    /// <summary>The value of the field's first line; empty when there is none (see <see cref="Has"/>).</summary>
    public ReadOnlySpan<byte> Value(KnownField field)
    {
        if (Has(field))
        {
            foreach (ref readonly FieldEntry entry in Fields)
            {
                if (entry.Known == field)
                {
                    return At(entry.Value);
                }
            }
        }

        return default;
    }

    /// <summary>The values of all lines of a field, joined as a list; null where it is not there. Each byte is a character, so none is lost.</summary>
    public string? ListOf(string name)
    {
        string? value = null;
        foreach (ref readonly FieldEntry entry in Fields)
        {
            if (Ascii.EqualsIgnoreCase(At(entry.Name), name))
            {
                string line = Encoding.Latin1.GetString(At(entry.Value));
                value = value is null ? line : $"{value}, {line}";
            }
        }

        return value;
    }

    /// <summary>How many lines the field has.</summary>
    public int Count(KnownField field)
    {
        int count = 0;
        if (Has(field))
        {
            foreach (ref readonly FieldEntry entry in Fields)
            {
                count += entry.Known == field ? 1 : 0;
            }
        }

        return count;
    }

    /// <summary>
    /// Copies the head into memory of its own, so that the bytes in which it came can be used again. An engine calls it when a handler
    /// returns without having answered.
    /// </summary>
    public void Retain(BufferPool pool)
    {
        if (_retained is null)
        {
            _retained = pool.Rent(Math.Max(Length, 1));
            _storage.AsSpan(_base, Length).CopyTo(_retained);
            _storage = _retained;
            _base = 0;
        }
    }

    /// <summary>As <see cref="Retain"/>, in memory of just the head's length and number of fields: for an exchange that lasts as long as its client, so that it holds no buffer while it is silent.</summary>
    internal void RetainForLong(BufferPool pool)
    {
        byte[] own = _storage.AsSpan(_base, Length).ToArray();
        if (_retained is not null)
        {
            pool.Return(_retained);
            _retained = null;
        }

        _storage = own;
        _base = 0;
        _fields = Fields.ToArray();
    }

    /// <summary>A copy that stays when the exchange is over, for code on other threads.</summary>
    public RequestHead Snapshot()
    {
        var copy = (RequestHead)MemberwiseClone();
        copy._storage = _storage.AsSpan(_base, Length).ToArray();
        copy._base = 0;
        copy._retained = null;
        copy._fields = Fields.ToArray();
        return copy;
    }

    /// <summary>A copy with other fields, for who may edit a request before its handler reads it. Method, target and authority stay.</summary>
    /// <param name="fields">All of them, each byte a character.</param>
    /// <exception cref="ArgumentException">A name or value cannot stand in a message.</exception>
    public RequestHead WithFields(params ReadOnlySpan<(string Name, string Value)> fields)
    {
        RequestHead copy = Snapshot();
        var block = FieldBlock.Create(fields);
        int start = copy._storage.Length;
        copy.Append(block.Http1Lines);
        copy.FieldCount = 0;
        copy._present = 0;
        foreach (ref readonly FieldEntry entry in block.Fields)
        {
            copy.AddField(
                new Slice(start + entry.Name.Offset, entry.Name.Length), new Slice(start + entry.Value.Offset, entry.Value.Length), entry.Known);
        }

        return copy;
    }

    /// <summary>Takes over another's request, with memory of its own.</summary>
    /// <param name="takes">Which fields are taken.</param>
    internal void CopyFrom(RequestHead other, BufferPool pool, Func<KnownField, bool> takes)
    {
        Reset(pool);
        (Method, Version, IsSecure, Length) = (other.Method, other.Version, other.IsSecure, other.Length);
        (_method, _target, _authority, _path, _query, HasQuery) = (other._method, other._target, other._authority, other._path, other._query, other.HasQuery);
        foreach (ref readonly FieldEntry field in other.Fields)
        {
            if (takes(field.Known))
            {
                AddField(field.Name, field.Value, field.Known);
            }
        }

        Locate(other._storage, other._base);
        Retain(pool);
    }

    /// <summary>A copy that asks GET of another path of the same server, for what is answered from there instead. Fields and authority stay.</summary>
    /// <param name="target">The path, percent-encoded, and perhaps a query.</param>
    public RequestHead WithTarget(ReadOnlySpan<byte> target)
    {
        RequestHead copy = Snapshot();
        int start = copy._storage.Length;
        copy.Append([.. "GET"u8, .. target]);
        copy.SetLine(default);
        copy.SetMethod(Method.Get, new Slice(start, "GET"u8.Length));
        start += "GET"u8.Length;
        int mark = target.IndexOf((byte)'?');
        int path = mark < 0 ? target.Length : mark;
        int query = Math.Min(path + 1, target.Length);
        copy.SetTarget(new Slice(start, target.Length), new Slice(start, path), new Slice(start + query, target.Length - query), mark >= 0);
        return copy;
    }

    /// <summary>Forgets the request and gives retained memory back.</summary>
    internal void Reset(BufferPool pool)
    {
        if (_retained is not null)
        {
            pool.Return(_retained);
            _retained = null;
        }

        _storage = [];
        _base = 0;
        _present = 0;
        FieldCount = 0;
        _line = _method = _target = _authority = _path = _query = _protocol = default;
        HasQuery = false;
        IsSecure = false;
        Method = Method.Other;
        Version = ProtocolVersion.Http11;
        Length = 0;
    }

    /// <summary>Says where the head's bytes are now: offset 0 of every slice is <paramref name="start"/> of <paramref name="storage"/>.</summary>
    internal void Locate(byte[] storage, int start)
    {
        _storage = storage;
        _base = start;
    }

    internal void SetLine(Slice line) => _line = line;

    internal void SetMethod(Method method, Slice name)
    {
        Method = method;
        _method = name;
    }

    internal void SetTarget(Slice target, Slice path, Slice query, bool hasQuery)
    {
        _target = target;
        _path = path;
        _query = query;
        HasQuery = hasQuery;
    }

    internal void SetAuthority(Slice authority) => _authority = authority;

    internal void SetProtocol(Slice protocol) => _protocol = protocol;

    internal void AddField(Slice name, Slice value, KnownField known)
    {
        if (FieldCount == _fields.Length)
        {
            Array.Resize(ref _fields, Math.Max(_fields.Length * 2, 4));
        }

        _fields[FieldCount++] = new FieldEntry(name, value, known);
        _present |= 1UL << (int)known;
    }

    // What a copy has beyond what came belongs to it, and so to a copy of it.
    private void Append(ReadOnlySpan<byte> bytes)
    {
        _storage = [.. _storage, .. bytes];
        Length = _storage.Length;
    }
}
