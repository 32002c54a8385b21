using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using Roundtrip.Core;

namespace Roundtrip.Configuration.Expressions;

/// <summary>
/// A range of addresses as apr_ipsubnet_create reads it: an address, the first parts of an IPv4 address (<c>10.1</c>), either with a prefix's length or an IPv4 netmask. An IPv4 address that is
/// mapped into IPv6 is the IPv4 address.
/// </summary>
public sealed class Subnet
{
    private readonly byte[] _network;
    private readonly byte[] _mask;
    private readonly UInt128 _networkBits;
    private readonly UInt128 _maskBits;

    private Subnet(byte[] network, byte[] mask)
    {
        _network = network;
        _mask = mask;
        for (int i = 0; i < network.Length; i++)
        {
            _networkBits = (_networkBits << 8) | network[i];
            _maskBits = (_maskBits << 8) | mask[i];
        }
    }

    /// <returns>Null when the text is no range.</returns>
    public static Subnet? Parse(string text)
    {
        string[] parts = text.Split('/');
        if (parts.Length > 2 || !TryNetwork(parts[0], out byte[] network, out int length))
        {
            return null;
        }

        byte[]? mask = parts.Length == 2 ? Mask(parts[1], network.Length) : MaskOf(length, network.Length);
        return mask is null ? null : new Subnet(network, mask);
    }

    public bool Contains(IPAddress address)
    {
        byte[] bytes = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes();
        if (bytes.Length != _network.Length)
        {
            return false;
        }

        for (int i = 0; i < bytes.Length; i++)
        {
            if (((bytes[i] ^ _network[i]) & _mask[i]) != 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The same without allocation, for a rule that each request is held against.</summary>
    public bool Contains(PeerAddress address) =>
        address.IsIPv4 == (_network.Length == 4) && ((address.Bits ^ _networkBits) & _maskBits) == 0;

    /// <summary>An address in full: four decimal numbers, or IPv6's form. .NET alone would take <c>1</c> and <c>0x7f.1</c> too.</summary>
    public static bool TryAddress(string text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        return (text.Contains(':') || (TryNumbers(text, out byte[] numbers) && numbers.Length == 4)) && !text.Contains('[') && IPAddress.TryParse(text, out address);
    }

    private static bool TryNetwork(string text, out byte[] network, out int length)
    {
        network = [];
        length = 0;
        if (TryAddress(text, out IPAddress? address))
        {
            network = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes();
            length = network.Length * 8;
            return true;
        }

        if (!TryNumbers(text.EndsWith('.') ? text[..^1] : text, out byte[] numbers))
        {
            return false;
        }

        length = numbers.Length * 8;
        network = new byte[4];
        numbers.CopyTo(network, 0);
        return true;
    }

    private static byte[]? Mask(string text, int bytes)
    {
        if (bytes == 4 && TryNumbers(text, out byte[] numbers) && numbers.Length == 4)
        {
            return numbers;
        }

        bool isLength = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int length) && length > 0 && length <= bytes * 8;
        return isLength ? MaskOf(length, bytes) : null;
    }

    private static byte[] MaskOf(int length, int bytes)
    {
        var mask = new byte[bytes];
        for (int i = 0; i < length; i++)
        {
            mask[i / 8] |= (byte)(0x80 >> (i % 8));
        }

        return mask;
    }

    // One to four numbers up to 255 between periods.
    private static bool TryNumbers(string text, out byte[] numbers)
    {
        string[] parts = text.Split('.');
        numbers = new byte[Math.Min(parts.Length, 4)];
        if (parts.Length > 4)
        {
            return false;
        }

        for (int i = 0; i < parts.Length; i++)
        {
            if (parts[i].Length > 3 || !byte.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
            {
                return false;
            }
        }

        return true;
    }
}
