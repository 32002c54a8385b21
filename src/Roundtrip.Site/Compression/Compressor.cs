using System.IO.Compression;
using Roundtrip.Configuration.Settings;
using Roundtrip.Http;

namespace Roundtrip.Site.Compression;

/// <summary>Compresses content that is in memory. It takes time: never on a loop.</summary>
internal static class Compressor
{
    // The time for one file is bounded: Brotli's highest qualities take a second and more for each megabyte, so a large file gets a lower one.
    private const int Large = 1024 * 1024;
    private const int Medium = 128 * 1024;

    /// <returns>A pinned array; null where it would not be smaller by a twentieth, so that what is random is not sent and decoded for nothing.</returns>
    public static byte[]? Compress(ContentCoding coding, ReadOnlySpan<byte> content, SettingBag settings)
    {
        byte[]? compressed = coding switch
        {
            ContentCoding.Gzip => Gzip(content, settings.Get(CompressionSettings.DeflateLevel)),
            ContentCoding.Brotli => Brotli(content, settings.Get(CompressionSettings.BrotliQuality), settings.Get(CompressionSettings.BrotliWindow)),
            ContentCoding.Zstandard => Zstandard(content, settings.Get(CompressionSettings.ZstdLevel)),
            _ => null,
        };
        return compressed is not null && compressed.Length <= content.Length - (content.Length / 20) ? compressed : null;
    }

    private static byte[] Gzip(ReadOnlySpan<byte> content, int level)
    {
        using var memory = new MemoryStream(content.Length / 3);
        using (var stream = new GZipStream(memory, new ZLibCompressionOptions { CompressionLevel = level }, leaveOpen: true))
        {
            stream.Write(content);
        }

        return Pinned(memory.GetBuffer().AsSpan(0, (int)memory.Length));
    }

    private static byte[]? Brotli(ReadOnlySpan<byte> content, int quality, int window)
    {
        int most = content.Length > Large ? 5 : content.Length > Medium ? 9 : 11;

        // No room for more than the content itself: what does not fit is not wanted.
        byte[] room = new byte[content.Length];
        return BrotliEncoder.TryCompress(content, room, out int written, Math.Min(quality, most), window) ? Pinned(room.AsSpan(0, written)) : null;
    }

    private static byte[] Zstandard(ReadOnlySpan<byte> content, int level)
    {
        int most = content.Length > Large ? 6 : content.Length > Medium ? 12 : 19;
        using var compressor = new ZstdSharp.Compressor(Math.Min(level, most));
        return Pinned(compressor.Wrap(content));
    }

    private static byte[] Pinned(ReadOnlySpan<byte> bytes)
    {
        byte[] pinned = GC.AllocateUninitializedArray<byte>(bytes.Length, pinned: true);
        bytes.CopyTo(pinned);
        return pinned;
    }
}
