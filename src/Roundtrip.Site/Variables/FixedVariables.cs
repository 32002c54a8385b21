using System.Collections.Immutable;

namespace Roundtrip.Site.Variables;

/// <summary>mod_env: the variables of SetEnv and PassEnv, the same for each request, and those that UnsetEnv takes from outer scopes.</summary>
internal sealed class FixedVariables
{
    public static readonly FixedVariables None = new(ImmutableDictionary.Create<string, string>(StringComparer.OrdinalIgnoreCase), []);

    private readonly ImmutableArray<string> _unset;

    private FixedVariables(ImmutableDictionary<string, string> all, ImmutableArray<string> unset) => (All, _unset) = (all, unset);

    /// <summary>httpd's tables find names without regard to case.</summary>
    public ImmutableDictionary<string, string> All { get; }

    public FixedVariables Set(string name, string value) => new(All.SetItem(name, value), _unset);

    public FixedVariables Unset(string name) => new(All.Remove(name), _unset.Add(name));

    public static FixedVariables Merge(FixedVariables outer, FixedVariables inner) => new(outer.All.SetItems(inner.All).RemoveRange(inner._unset), []);
}
