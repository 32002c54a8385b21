namespace Roundtrip.Configuration.Loading;

/// <summary>Paths as text: nothing here looks at a disk.</summary>
internal static class Paths
{
    /// <summary>The directory above; <c>/</c> for what stands in it.</summary>
    public static string Parent(string path)
    {
        int slash = path.LastIndexOf('/');
        return slash <= 0 ? "/" : path[..slash];
    }

    public static string Join(string directory, string name) => directory.EndsWith('/') ? directory + name : $"{directory}/{name}";

    /// <summary>
    /// As ap_server_root_relative: a relative path is taken from the root, and <c>.</c>, <c>..</c> and doubled <c>/</c> are resolved. <c>..</c> does not lead above <c>/</c>.
    /// </summary>
    public static string Resolve(string root, string path)
    {
        var parts = new List<string>();
        foreach (string part in (path.StartsWith('/') ? path : Join(root, path)).Split('/'))
        {
            if (part == "..")
            {
                parts.RemoveRange(Math.Max(parts.Count - 1, 0), Math.Min(parts.Count, 1));
            }
            else if (part is not ("" or "."))
            {
                parts.Add(part);
            }
        }

        return "/" + string.Join('/', parts);
    }
}
