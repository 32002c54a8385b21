using System.Collections.Immutable;

namespace Roundtrip.Server.Logs;

/// <summary>LogLevel: which lines are made at all, for all modules and for some.</summary>
public sealed class LogLevels
{
    /// <summary>Nothing is said: what an outer scope says counts.</summary>
    public static readonly LogLevels Unset = new(null, ImmutableDictionary<string, LogLevel>.Empty);

    /// <summary>httpd's default, and Debian's.</summary>
    public static readonly LogLevels Default = new(LogLevel.Warn, ImmutableDictionary<string, LogLevel>.Empty);

    private static readonly string[] Names = [.. Enum.GetNames<LogLevel>().Select(name => name.ToLowerInvariant())];

    private readonly LogLevel? _level;
    private readonly ImmutableDictionary<string, LogLevel> _ofModules;

    private LogLevels(LogLevel? level, ImmutableDictionary<string, LogLevel> ofModules) => (_level, _ofModules) = (level, ofModules);

    /// <summary>One level for all modules.</summary>
    public static LogLevels Of(LogLevel level) => new(level, Unset._ofModules);

    /// <summary>Whether a line of the module at the level is to be made.</summary>
    public bool Allows(string module, LogLevel level)
    {
        LogLevel most = _ofModules.Count > 0 && _ofModules.TryGetValue(module, out LogLevel own) ? own : _level ?? LogLevel.Warn;
        return level <= most;
    }

    /// <summary>The levels with those of a LogLevel directive: <c>warn</c> for all modules, which forgets what single ones had, and <c>ssl:info</c> for one.</summary>
    /// <exception cref="FormatException">A word is no level.</exception>
    public LogLevels With(IEnumerable<string> words)
    {
        LogLevels levels = this;
        foreach (string word in words)
        {
            int colon = word.LastIndexOf(':');
            levels = colon < 0
                ? Of(ParseLevel(word))
                : new LogLevels(levels._level, levels._ofModules.SetItem(ModuleName(word[..colon]), ParseLevel(word[(colon + 1)..])));
        }

        return levels;
    }

    /// <summary>What an inner scope says over what an outer one does. As in httpd, the levels of single modules come from outside where the inner scope has none for them.</summary>
    public static LogLevels Merge(LogLevels outer, LogLevels inner) =>
        new(inner._level ?? outer._level, outer._ofModules.SetItems(inner._ofModules));

    /// <summary>The name of a level in lower case.</summary>
    public static string NameOf(LogLevel level) => Names[(int)level];

    /// <summary>The name by which a module speaks in the log: <c>ssl</c> for <c>mod_ssl.c</c> and <c>ssl_module</c>.</summary>
    public static string ModuleName(string name)
    {
        name = name.EndsWith(".c", StringComparison.Ordinal) ? name[..^2] : name;
        name = name.EndsWith("_module", StringComparison.Ordinal) ? name[..^"_module".Length] : name;
        return name.StartsWith("mod_", StringComparison.Ordinal) ? name["mod_".Length..] : name;
    }

    private static LogLevel ParseLevel(string word)
    {
        int level = Array.FindIndex(Names, name => name.Equals(word, StringComparison.OrdinalIgnoreCase));
        return level >= 0 ? (LogLevel)level : throw new FormatException("Log level keyword must be one of emerg/alert/crit/error/warn/notice/info/debug/trace1/.../trace8");
    }
}
