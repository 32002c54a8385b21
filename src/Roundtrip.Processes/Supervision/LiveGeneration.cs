namespace Roundtrip.Processes.Supervision;

/// <summary>A generation that the supervisor holds, with the number by which the server knows it.</summary>
internal sealed record LiveGeneration(uint Number, Generation Generation)
{
    public byte[] Message() => ServerProtocol.WriteGeneration(Number, Generation.Descriptors.Select(named => named.Name), Generation.Payload.Span);
}
