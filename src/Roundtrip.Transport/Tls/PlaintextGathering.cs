using Roundtrip.Core;

namespace Roundtrip.Transport.Tls;

/// <summary>
/// Takes from the head of a queue what goes into the next record or records: in place where one segment fills a record, copied together where
/// neighbours are small (a response's head and its shared body make one record and one send), read where it is a file.
/// </summary>
internal static class PlaintextGathering
{
    /// <param name="most">The most bytes to take, at least 1.</param>
    /// <param name="stopped">Why nothing was taken: the file's bytes are not in memory, are not what they were, or cannot be read.</param>
    /// <returns>The bytes, valid until the queue or the scratch memory is used again. Nothing is consumed.</returns>
    public static ReadOnlySpan<byte> Take(OutputQueue queue, TlsLoop loop, long most, out IoResult stopped)
    {
        stopped = IoResult.WouldBlock;
        ReadOnlySpan<OutputSegment> segments = queue.Segments;
        if (segments[0].File is null && (segments.Length == 1 || segments[0].Length >= Math.Min(most, TlsConnection.MaximumRecord)))
        {
            return segments[0].Span[..WholeRecords(segments, most)];
        }

        Span<byte> scratch = loop.Scratch.AsSpan(0, (int)Math.Min(most, TlsLoop.ScratchSize));
        int count = 0;
        FileBody? read = null;
        foreach (ref readonly OutputSegment segment in segments)
        {
            // Stretches of one file follow each other with little between them: that it is unchanged is looked at once for all.
            if (segment.File is { } next && next != read)
            {
                if (read is not null)
                {
                    break;
                }

                read = next;
            }

            int filled = segment.File is { } file
                ? ReadFile(file, segment, scratch[count..], out stopped)
                : Copy(segment, scratch[count..Math.Min(scratch.Length, Math.Max(count, TlsConnection.MaximumRecord))]);
            count += filled;
            if (filled < segment.Length)
            {
                break;
            }
        }

        // The file may have been rewritten under the read: then these bytes are not those that were promised.
        if (read is not null && count > 0 && !read.IsUnchanged())
        {
            stopped = IoResult.Failed(EndReason.ResponseSourceChanged);
            return default;
        }

        return scratch[..count];
    }

    // What lies behind the last whole record is left, to share a record with what follows it.
    private static int WholeRecords(ReadOnlySpan<OutputSegment> segments, long most)
    {
        int length = (int)Math.Min(segments[0].Length, most);
        return segments.Length > 1 && length > TlsConnection.MaximumRecord ? length - length % TlsConnection.MaximumRecord : length;
    }

    private static int Copy(in OutputSegment segment, Span<byte> destination)
    {
        int length = (int)Math.Min(segment.Length, destination.Length);
        segment.Span[..length].CopyTo(destination);
        return length;
    }

    // As much as fits, so that the file is looked at once for several records.
    private static int ReadFile(FileBody file, in OutputSegment segment, Span<byte> destination, out IoResult stopped)
    {
        stopped = IoResult.WouldBlock;
        int wanted = (int)Math.Min(segment.Length, destination.Length);
        int count = 0;
        while (count < wanted)
        {
            FileReadResult read = file.Read(segment.Offset + count, destination[count..wanted]);
            if (read.Status != FileReadStatus.Read)
            {
                stopped = IoResult.Of(read.Status);
                break;
            }

            count += read.Count;
        }

        return count;
    }
}
