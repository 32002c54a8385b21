using System.Text;

namespace Roundtrip.Trace.Paths.Drawing;

/// <summary>The lines between two hops of a drawing: from the routers of the one to those of the other, rounded where they part and meet; doubled where each goes to several and none could be followed.</summary>
internal static class Connections
{
    // By the directions that meet: 1 up, 2 down, 4 left, 8 right.
    private const string Single = "   │ ╯╮┤ ╰╭├─┴┬┼";
    private const string Double = "   │ ╛╕╡ ╘╒╞═╧╤╪";

    /// <returns>Null where all go straight on.</returns>
    public static string? Between(Columns columns, int[] near, int[] far, out bool isMeshed)
    {
        List<Group> groups = Groups(columns, near, far);
        isMeshed = groups.Exists(group => group.IsMeshed);
        if (groups.TrueForAll(group => group is { IsMeshed: false } && group.First == group.Last))
        {
            return null;
        }

        int width = groups.Max(group => group.Last) + 1;
        var line = new StringBuilder(new string(' ', width * 2));
        foreach (Group group in groups)
        {
            for (int column = group.First; column <= group.Last; column++)
            {
                int left = column > group.First ? 4 : 0, right = column < group.Last ? 8 : 0;
                int directions = (group.Up.Contains(column) ? 1 : 0) | (group.Down.Contains(column) ? 2 : 0) | left | right;
                line[column * 2] = (group.IsMeshed ? Double : Single)[directions];
                if (right > 0)
                {
                    line[column * 2 + 1] = group.IsMeshed ? '═' : '─';
                }
            }
        }

        return line.ToString();
    }

    /// <param name="Up">The columns from which lines come.</param>
    /// <param name="Down">The columns to which they go.</param>
    private sealed record Group(HashSet<int> Up, HashSet<int> Down, bool IsMeshed)
    {
        public int First => Up.Union(Down).Min();

        public int Last => Up.Union(Down).Max();

        public bool Overlaps(Group other) => First <= other.Last && other.First <= Last;

        public Group With(Group other, bool isMeshed) => new([.. Up, .. other.Up], [.. Down, .. other.Down], isMeshed);
    }

    // Links that share a router belong together; such groups that would cross are drawn as one, in which nothing can be followed.
    private static List<Group> Groups(Columns columns, int[] near, int[] far)
    {
        bool isTooWide = Columns.IsTooWide(near) || Columns.IsTooWide(far);
        var groups = new List<Group>();
        foreach (int node in near)
        {
            int[] behind = [.. columns.Behind(node).Where(far.Contains).Select(columns.Of)];
            if (behind.Length == 0)
            {
                continue;
            }

            var group = new Group([columns.Of(node)], [.. behind], isTooWide);
            foreach (Group other in groups.Where(other => other.Down.Overlaps(group.Down)).ToArray())
            {
                groups.Remove(other);
                group = group.With(other, isMeshed: isTooWide || other.IsMeshed || group.Down.Union(other.Down).Count() > 1);
            }

            groups.Add(group);
        }

        for (int i = 0; i < groups.Count; i++)
        {
            if (groups.Find(other => other != groups[i] && other.Overlaps(groups[i])) is { } crossed)
            {
                groups[i] = groups[i].With(crossed, isMeshed: true);
                groups.Remove(crossed);
                i = -1;
            }
        }

        return groups;
    }
}
