using System.Buffers.Text;
using System.Security.Cryptography;

namespace Roundtrip.Http.WebSocket.Handshake;

/// <summary>RFC 6455 sections 4.1 and 4.2.2: the key by which a server shows that it knows what it was asked. It protects nothing; SHA-1 is what the RFC has.</summary>
public static class WebSocketKey
{
    /// <summary>The length of a key: 16 bytes in base64.</summary>
    public const int Length = 24;

    /// <summary>The length of the answer: a SHA-1 in base64.</summary>
    public const int AcceptLength = 28;

    private const int NonceLength = 16;

    private static ReadOnlySpan<byte> Suffix => "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8;

    /// <summary>Whether the value is 16 bytes in base64.</summary>
    public static bool IsValid(ReadOnlySpan<byte> key)
    {
        Span<byte> nonce = stackalloc byte[NonceLength + 2];
        return key.Length == Length
               && Base64.DecodeFromUtf8(key, nonce, out int consumed, out int written) == System.Buffers.OperationStatus.Done
               && consumed == Length && written == NonceLength;
    }

    /// <summary>Writes a client's key.</summary>
    /// <param name="nonce">16 bytes that nobody can foresee.</param>
    /// <param name="destination">24 bytes.</param>
    public static void Write(ReadOnlySpan<byte> nonce, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(nonce.Length, NonceLength, nameof(nonce));
        Base64.EncodeToUtf8(nonce, destination, out _, out _);
    }

    /// <summary>Writes what a server answers to a key.</summary>
    /// <param name="destination">28 bytes.</param>
    public static void WriteAccept(ReadOnlySpan<byte> key, Span<byte> destination)
    {
        Span<byte> text = stackalloc byte[Length + Suffix.Length];
        key.CopyTo(text);
        Suffix.CopyTo(text[Length..]);
        Span<byte> digest = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 6455 §4.2.2 says SHA-1; nothing is kept secret or authentic by it.
        SHA1.HashData(text, digest);
#pragma warning restore CA5350
        Base64.EncodeToUtf8(digest, destination, out _, out _);
    }
}
