namespace Roundtrip.Http.WebSocket.Handshake;

/// <summary>Reads the value of a Sec-WebSocket-Extensions field (RFC 6455 section 9.1): extensions with parameters, by turns <see cref="TryReadExtension"/> and <see cref="TryReadParameter"/>.</summary>
internal ref struct ExtensionReader(ReadOnlySpan<byte> value)
{
    private ReadOnlySpan<byte> _rest = FieldRules.Trim(value);
    private bool _isBehindExtension;

    /// <summary>Whether something stood there that the grammar does not have. Nothing is read any more then.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Goes on to the next extension; the parameters of the one before must have been read.</summary>
    public bool TryReadExtension(out ReadOnlySpan<byte> name)
    {
        name = default;
        bool isSeparated = !_isBehindExtension;

        // RFC 9110 §5.6.1: a recipient takes empty elements of a list.
        while (!_rest.IsEmpty && _rest[0] == (byte)',')
        {
            isSeparated = true;
            _rest = _rest[1..].TrimStart(" \t"u8);
        }

        if (_rest.IsEmpty || IsMalformed)
        {
            return false;
        }

        _isBehindExtension = true;
        return isSeparated ? TryReadToken(out name) : Fail();
    }

    /// <summary>Goes on to the next parameter of the extension.</summary>
    /// <param name="argument">Its value, without quotation marks; empty where it has none.</param>
    public bool TryReadParameter(out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> argument)
    {
        name = default;
        argument = default;
        if (IsMalformed || _rest.IsEmpty || _rest[0] != (byte)';')
        {
            return false;
        }

        _rest = _rest[1..].TrimStart(" \t"u8);
        if (!TryReadToken(out name))
        {
            return false;
        }

        if (_rest.IsEmpty || _rest[0] != (byte)'=')
        {
            return true;
        }

        _rest = _rest[1..].TrimStart(" \t"u8);
        return !_rest.IsEmpty && _rest[0] == (byte)'"' ? TryReadQuoted(out argument) : TryReadToken(out argument);
    }

    private bool TryReadToken(out ReadOnlySpan<byte> token)
    {
        int length = _rest.IndexOfAnyExcept(FieldRules.TokenBytes);
        length = length < 0 ? _rest.Length : length;
        token = _rest[..length];
        _rest = _rest[length..].TrimStart(" \t"u8);
        return length > 0 || Fail();
    }

    // RFC 6455 §9.1: what a quoted string stands for MUST be a token, so a backslash in it changes nothing that could be one.
    private bool TryReadQuoted(out ReadOnlySpan<byte> token)
    {
        _rest = _rest[1..];
        int end = _rest.IndexOf((byte)'"');
        token = end < 0 ? default : _rest[..end];
        if (!FieldRules.IsToken(token))
        {
            return Fail();
        }

        _rest = _rest[(end + 1)..].TrimStart(" \t"u8);
        return true;
    }

    private bool Fail()
    {
        IsMalformed = true;
        return false;
    }
}
