namespace Roundtrip.Http.Http2;

/// <summary>When a pushed response goes, beside the one that it belongs to: a rule of H2PushPriority.</summary>
/// <param name="Weight">Its weight; of an interleaved one 256ths of the other's. Urgencies (RFC 9218) have no weights.</param>
public readonly record struct PushPriority(PushPlacement Placement, int Weight)
{
    /// <summary>httpd's: after, with the weight that a stream has that says nothing.</summary>
    public static readonly PushPriority Default = new(PushPlacement.After, DefaultWeight(PushPlacement.After));

    public static int DefaultWeight(PushPlacement placement) => placement == PushPlacement.After ? 16 : 256;
}
