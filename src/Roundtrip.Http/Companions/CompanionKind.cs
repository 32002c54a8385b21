namespace Roundtrip.Http.Companions;

/// <summary>What a companion is fetched as: the values of Sec-Fetch-Dest (W3C Fetch Metadata) for which a preload is of use.</summary>
public enum CompanionKind : byte
{
    Style,
    Script,
    Font,
    Image,
}
