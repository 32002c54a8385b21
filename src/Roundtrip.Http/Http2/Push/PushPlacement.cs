namespace Roundtrip.Http.Http2;

/// <summary>Where a pushed response stands beside the one that it belongs to.</summary>
public enum PushPlacement
{
    After,
    Before,
    Interleaved,
}
