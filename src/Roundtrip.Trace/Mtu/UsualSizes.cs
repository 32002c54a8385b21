namespace Roundtrip.Trace.Mtu;

/// <summary>
/// The sizes that links have (RFC 1191 section 7.1, and tunnels and PPPoE, which are younger): a search that asks for these first finds a usual one in half the steps, and others in a few more.
/// </summary>
internal static class UsualSizes
{
    private static readonly int[] Known = [576, 1006, 1280, 1300, 1350, 1360, 1380, 1400, 1412, 1420, 1430, 1438, 1442, 1450, 1454, 1460, 1462, 1464, 1472, 1476, 1480, 1488, 1492, 1500, 2002, 4352, 8166, 9000];

    /// <summary>What to ask next of a search: the middle one of those between, or what is just too much for one that passes; null where there is neither.</summary>
    public static int? Between(int passes, int fails)
    {
        int first = Array.FindIndex(Known, size => size > passes), behind = Array.FindIndex(Known, size => size >= fails);
        int count = first < 0 ? 0 : (behind < 0 ? Known.Length : behind) - first;
        return count > 0 ? Known[first + count / 2] : Array.IndexOf(Known, passes) >= 0 ? passes + 1 : null;
    }
}
