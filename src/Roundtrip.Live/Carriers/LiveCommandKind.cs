namespace Roundtrip.Live.Carriers;

/// <summary>What a client may say on <c>roundtrip.live.v1</c>.</summary>
public enum LiveCommandKind : byte
{
    Subscribe,
    Unsubscribe,
    Publish,
    Token,
}
