namespace Roundtrip.Transport.Files;

/// <summary>
/// A path relative to a <see cref="FileRoot"/>, in the file system's bytes, ended by a NUL for the kernel. It is a type of its own so that the path
/// of a URL cannot be opened by mistake.
/// </summary>
public readonly ref struct FilePath
{
    /// <summary>The longest path in bytes that the kernel takes, without the NUL.</summary>
    public const int MaximumLength = 4095;

    private FilePath(ReadOnlySpan<byte> terminated) => Terminated = terminated;

    /// <summary>The path with its NUL.</summary>
    public ReadOnlySpan<byte> Terminated { get; }

    /// <summary>The path without its NUL.</summary>
    public ReadOnlySpan<byte> Bytes => Terminated[..^1];

    /// <summary>Writes <paramref name="relative"/> and <paramref name="suffix"/> behind each other into <paramref name="buffer"/>, which must outlive the path.</summary>
    /// <param name="relative">Without a slash at its beginning; empty for the root itself.</param>
    /// <returns>False when the path is longer than <see cref="MaximumLength"/> or the buffer.</returns>
    /// <exception cref="ArgumentException">It begins with a slash or has a NUL: the caller did not check.</exception>
    public static bool TryJoin(ReadOnlySpan<byte> relative, ReadOnlySpan<byte> suffix, Span<byte> buffer, out FilePath path)
    {
        if (relative.IsEmpty && suffix.IsEmpty)
        {
            relative = "."u8;
        }

        int length = relative.Length + suffix.Length;
        if (length > MaximumLength || length >= buffer.Length)
        {
            path = default;
            return false;
        }

        relative.CopyTo(buffer);
        suffix.CopyTo(buffer[relative.Length..]);
        buffer[length] = 0;
        path = FromTerminated(buffer[..(length + 1)]);
        return true;
    }

    /// <summary>Takes bytes that end in NUL as a path.</summary>
    /// <exception cref="ArgumentException">See <see cref="TryJoin"/>.</exception>
    public static FilePath FromTerminated(ReadOnlySpan<byte> terminated)
    {
        if (terminated.IndexOf((byte)0) != terminated.Length - 1 || terminated[0] == '/')
        {
            throw new ArgumentException("A path below a root is relative and ends at its only NUL.", nameof(terminated));
        }

        return new FilePath(terminated);
    }
}
