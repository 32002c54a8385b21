using Roundtrip.Packets.Dns;

namespace Roundtrip.Fuzz;

/// <summary>An answer of DNS as a server gives it. What was read of a name is written to the same, where it can be written.</summary>
public static class DnsTarget
{
    public static void Run(ReadOnlySpan<byte> input)
    {
        if (!DnsMessage.TryReadAnswer(input, out DnsMessage? message))
        {
            return;
        }

        Require(message!.Question.Text.Length <= 4 * DnsName.LongestName, "A name is longer than it can be.");
        foreach (DnsRecord record in (DnsRecord[])[.. message.Answers, .. message.Authorities, .. message.Additional])
        {
            Require(record.Name.IsWithin(record.Name.Parent), "A name is not below its own zone.");
            Again(record.Name);
            Again(record.Target ?? default);
        }

        Again(message.Question);
    }

    private static void Again(DnsName name)
    {
        if (name.CanBeWritten)
        {
            Span<byte> bytes = stackalloc byte[DnsName.LongestName];
            int written = name.Write(bytes), at = 0;
            Require(DnsName.TryRead(bytes[..written], ref at, out DnsName again) && again == name && at == written, "A name is not read as it was written.");
        }
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException(what);
        }
    }
}
