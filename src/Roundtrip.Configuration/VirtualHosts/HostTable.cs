using System.Text;
using Roundtrip.Configuration.Patterns;

namespace Roundtrip.Configuration.VirtualHosts;

/// <summary>
/// The virtual hosts of one address and port, by name ("Name-based Virtual Host Support"): the first one, in the file's order, that has the name or an alias of it; the first of all where
/// none has.
/// </summary>
public sealed class HostTable
{
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _byName;

    // What stands behind the star of aliases such as *.example.com, with its dot: nearly all wildcards are such, and looking them up costs the same however many hosts there are.
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _byEnd;
    private readonly (string Pattern, int Index)[] _patterns;
    private readonly ServerConfiguration[] _hosts;

    /// <param name="hosts">In the file's order, at least one.</param>
    public HostTable(IReadOnlyList<ServerConfiguration> hosts)
    {
        _hosts = [.. hosts];
        var names = new Dictionary<byte[], int>(AsciiNameComparer.Instance);
        var ends = new Dictionary<byte[], int>(AsciiNameComparer.Instance);
        var patterns = new List<(string, int)>();
        for (int i = 0; i < _hosts.Length; i++)
        {
            if (_hosts[i].HasOwnName && _hosts[i].Name.Length > 0)
            {
                names.TryAdd(Encoding.Latin1.GetBytes(_hosts[i].Name), i);
            }

            foreach (string alias in _hosts[i].Aliases)
            {
                if (!Glob.IsPattern(alias))
                {
                    names.TryAdd(Encoding.Latin1.GetBytes(alias), i);
                }
                else if (alias.StartsWith("*.", StringComparison.Ordinal) && !Glob.IsPattern(alias[1..]) && !alias.Contains('\\'))
                {
                    ends.TryAdd(Encoding.Latin1.GetBytes(alias[1..]), i);
                }
                else
                {
                    patterns.Add((alias, i));
                }
            }
        }

        (_byName, _byEnd) = (names.GetAlternateLookup<ReadOnlySpan<byte>>(), ends.GetAlternateLookup<ReadOnlySpan<byte>>());
        _patterns = [.. patterns];
    }

    /// <summary>The host that is chosen where no name says another.</summary>
    public ServerConfiguration Default => _hosts[0];

    public IReadOnlyList<ServerConfiguration> Hosts => _hosts;

    /// <param name="authority">The authority of a request or the name of a TLS handshake: a host, perhaps with a port or a dot at its end.</param>
    public ServerConfiguration Find(ReadOnlySpan<byte> authority)
    {
        if (_hosts.Length == 1)
        {
            return _hosts[0];
        }

        ReadOnlySpan<byte> name = NameOf(authority);
        int found = _byName.TryGetValue(name, out int exact) ? exact : int.MaxValue;
        if (_byEnd.Dictionary.Count > 0)
        {
            found = Math.Min(found, FindEnd(name));
        }

        if (_patterns.Length > 0)
        {
            found = Math.Min(found, FindPattern(name, found));
        }

        return _hosts[found == int.MaxValue ? 0 : found];
    }

    private int FindEnd(ReadOnlySpan<byte> name)
    {
        int first = int.MaxValue;
        for (int i = 0; i < name.Length; i++)
        {
            if (name[i] == (byte)'.' && _byEnd.TryGetValue(name[i..], out int index))
            {
                first = Math.Min(first, index);
            }
        }

        return first;
    }

    private int FindPattern(ReadOnlySpan<byte> name, int before)
    {
        string text = Encoding.Latin1.GetString(name);
        foreach ((string pattern, int index) in _patterns)
        {
            if (index < before && Glob.IsMatch(pattern, text, GlobOptions.CaseBlind))
            {
                return index;
            }
        }

        return int.MaxValue;
    }

    private static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> authority)
    {
        int colon = authority.LastIndexOf((byte)':');
        if (colon >= 0 && !authority[colon..].Contains((byte)']'))
        {
            authority = authority[..colon];
        }

        return authority is [.., (byte)'.'] ? authority[..^1] : authority;
    }
}
