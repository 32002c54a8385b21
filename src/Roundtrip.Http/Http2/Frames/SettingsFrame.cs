using System.Buffers.Binary;
using Roundtrip.Core;

namespace Roundtrip.Http.Http2.Frames;

/// <summary>SETTINGS (RFC 9113 section 6.5): walk it with foreach, in the order in which the settings count; <see cref="SettingsRules"/> judges each.</summary>
public readonly ref struct SettingsFrame
{
    private readonly ReadOnlySpan<byte> _payload;

    private SettingsFrame(bool isAck, ReadOnlySpan<byte> payload)
    {
        IsAck = isAck;
        _payload = payload;
    }

    /// <summary>Whether the peer has applied the oldest SETTINGS that it was sent and that it had not yet acknowledged. It has no settings then.</summary>
    public bool IsAck { get; }

    public int Count => _payload.Length / Setting.Size;

    /// <inheritdoc cref="DataFrame.Read"/>
    public static ProtocolError Read(in FrameHeader header, ReadOnlySpan<byte> payload, out SettingsFrame frame)
    {
        frame = new SettingsFrame(header.Has(FrameFlags.Ack), payload);
        return default;
    }

    public Enumerator GetEnumerator() => new(_payload);

    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> _rest;

        internal Enumerator(ReadOnlySpan<byte> payload) => _rest = payload;

        public Setting Current { get; private set; }

        public bool MoveNext()
        {
            if (_rest.IsEmpty)
            {
                return false;
            }

            Current = new Setting((SettingsParameter)BinaryPrimitives.ReadUInt16BigEndian(_rest), BinaryPrimitives.ReadUInt32BigEndian(_rest[2..]));
            _rest = _rest[Setting.Size..];
            return true;
        }
    }
}
