using System.Collections.Immutable;

namespace Roundtrip.Site.Mime;

/// <summary>
/// What mod_mime's Add and Remove directives say of extensions in one scope, or in several merged. A Remove counts after all that is added in its scope, as the manual says, and takes away
/// what outer scopes added.
/// </summary>
internal sealed class ExtensionMap
{
    public static readonly ExtensionMap Empty = new(ImmutableDictionary.Create<string, ExtensionInfo>(StringComparer.OrdinalIgnoreCase), []);

    private readonly ImmutableDictionary<string, ExtensionInfo> _added;
    private readonly ImmutableArray<Removal> _removed;

    private ExtensionMap(ImmutableDictionary<string, ExtensionInfo> added, ImmutableArray<Removal> removed) => (_added, _removed) = (added, removed);

    /// <param name="extension">Without its dot.</param>
    public ExtensionInfo? Find(string extension)
    {
        ExtensionInfo? info = _added.GetValueOrDefault(extension);
        foreach (Removal removal in _removed)
        {
            if (removal.Extension.Equals(extension, StringComparison.OrdinalIgnoreCase))
            {
                info = removal.From(info ?? ExtensionInfo.Empty);
            }
        }

        return info;
    }

    /// <param name="extension">With or without its dot.</param>
    public ExtensionMap Add(string extension, Func<ExtensionInfo, ExtensionInfo> change)
    {
        string name = WithoutDot(extension);
        return new ExtensionMap(_added.SetItem(name, change(_added.GetValueOrDefault(name, ExtensionInfo.Empty))), _removed);
    }

    public ExtensionMap Remove(string extension, Func<ExtensionInfo, ExtensionInfo> from) => new(_added, _removed.Add(new Removal(WithoutDot(extension), from)));

    public static ExtensionMap Merge(ExtensionMap outer, ExtensionMap inner)
    {
        ImmutableDictionary<string, ExtensionInfo> all = outer.Applied();
        foreach ((string extension, ExtensionInfo info) in inner._added)
        {
            all = all.SetItem(extension, info.Over(all.GetValueOrDefault(extension, ExtensionInfo.Empty)));
        }

        return new ExtensionMap(new ExtensionMap(all, inner._removed).Applied(), []);
    }

    private static string WithoutDot(string extension) => extension.StartsWith('.') ? extension[1..] : extension;

    private ImmutableDictionary<string, ExtensionInfo> Applied()
    {
        ImmutableDictionary<string, ExtensionInfo> all = _added;
        foreach (Removal removal in _removed)
        {
            all = all.SetItem(removal.Extension, removal.From(all.GetValueOrDefault(removal.Extension, ExtensionInfo.Empty)));
        }

        return all;
    }

    private sealed record Removal(string Extension, Func<ExtensionInfo, ExtensionInfo> From);
}
