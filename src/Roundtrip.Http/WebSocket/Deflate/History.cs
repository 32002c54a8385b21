namespace Roundtrip.Http.WebSocket.Deflate;

/// <summary>What the next message may look back at: the last bytes of those before, no more than the window. It is all that context takeover costs a connection.</summary>
internal sealed class History(int windowBits)
{
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(1 << windowBits);
    private int _length;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    public void Append(ReadOnlySpan<byte> message)
    {
        if (message.Length >= _bytes.Length)
        {
            message[^_bytes.Length..].CopyTo(_bytes);
            _length = _bytes.Length;
            return;
        }

        int kept = Math.Min(_length, _bytes.Length - message.Length);
        _bytes.AsSpan(_length - kept, kept).CopyTo(_bytes);
        message.CopyTo(_bytes.AsSpan(kept));
        _length = kept + message.Length;
    }

    public void Clear() => _length = 0;
}
