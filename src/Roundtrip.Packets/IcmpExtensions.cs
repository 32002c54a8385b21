using System.Buffers.Binary;

namespace Roundtrip.Packets;

/// <summary>The objects of an extension structure (RFC 4884 section 7), one after the other by <see cref="TryRead"/>.</summary>
public ref struct IcmpExtensions
{
    /// <summary>The bytes of the structure's header and of each object's.</summary>
    public const int HeaderSize = 4;

    private const int Version = 2;

    private ReadOnlySpan<byte> _objects;

    private IcmpExtensions(ReadOnlySpan<byte> objects) => _objects = objects;

    /// <summary>Whether no object is left.</summary>
    public readonly bool IsEmpty => _objects.IsEmpty;

    /// <returns>Empty where the structure is cut short, of another version, or damaged.</returns>
    public static IcmpExtensions Read(ReadOnlySpan<byte> structure) => Read(structure, needsChecksum: false);

    /// <summary>As <see cref="Read(ReadOnlySpan{byte})"/>, but a structure without a checksum is none.</summary>
    public static IcmpExtensions ReadWithChecksum(ReadOnlySpan<byte> structure) => Read(structure, needsChecksum: true);

    private static IcmpExtensions Read(ReadOnlySpan<byte> structure, bool needsChecksum)
    {
        if (structure.Length < HeaderSize || structure[0] >> 4 != Version)
        {
            return default;
        }

        // RFC 4884 section 7: a checksum of zero says that none was made.
        bool hasChecksum = BinaryPrimitives.ReadUInt16BigEndian(structure[2..]) != 0;
        return hasChecksum ? InternetChecksum.IsValid(structure) ? new(structure[HeaderSize..]) : default
            : needsChecksum ? default : new(structure[HeaderSize..]);
    }

    /// <summary>Takes the next object.</summary>
    /// <param name="payload">Without the object's header.</param>
    /// <returns>False at the end, and where an object's length cannot be so: nothing behind it can be trusted then.</returns>
    public bool TryRead(out byte objectClass, out byte type, out ReadOnlySpan<byte> payload)
    {
        (objectClass, type) = (0, 0);
        payload = default;
        if (_objects.Length < HeaderSize)
        {
            _objects = default;
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(_objects);
        if (length < HeaderSize || length > _objects.Length)
        {
            _objects = default;
            return false;
        }

        (objectClass, type) = (_objects[2], _objects[3]);
        payload = _objects[HeaderSize..length];
        _objects = _objects[length..];
        return true;
    }

    /// <summary>Writes a structure of one object, with its checksum.</summary>
    /// <returns>The bytes written.</returns>
    public static int Write(Span<byte> destination, byte objectClass, byte type, ReadOnlySpan<byte> payload)
    {
        int length = HeaderSize + HeaderSize + payload.Length;
        Span<byte> bytes = destination[..length];
        bytes.Clear();
        bytes[0] = Version << 4;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[HeaderSize..], checked((ushort)(HeaderSize + payload.Length)));
        bytes[HeaderSize + 2] = objectClass;
        bytes[HeaderSize + 3] = type;
        payload.CopyTo(bytes[(HeaderSize + HeaderSize)..]);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], InternetChecksum.Of(bytes));
        return length;
    }
}
