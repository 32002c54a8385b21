using Roundtrip.Core;

namespace Roundtrip.Program;

/// <summary>What a supervisor hands to its server beside descriptors: which configuration it is, and all that was read for it.</summary>
/// <param name="Recording">For a ReplayedSource.</param>
internal sealed record ServedPayload(ConfigurationFile File, byte[] Recording)
{
    public static string ListenerName(PeerAddress address, int loop) => $"listen {address} {loop}";

    public static string LogName(string target) => $"log {target}";

    public static byte[] Write(ConfigurationFile file, byte[] recording)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(file.Path);
        writer.Write(file.Defines.Count);
        foreach (string define in file.Defines)
        {
            writer.Write(define);
        }

        writer.Write(recording.Length);
        writer.Write(recording);
        return bytes.ToArray();
    }

    /// <param name="payload">Of this program's own supervisor.</param>
    public static ServedPayload Read(ReadOnlyMemory<byte> payload)
    {
        using var reader = new BinaryReader(new MemoryStream(payload.ToArray()));
        string path = reader.ReadString();
        string[] defines = [.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => reader.ReadString())];
        return new ServedPayload(new ConfigurationFile(path, defines), reader.ReadBytes(reader.ReadInt32()));
    }
}
