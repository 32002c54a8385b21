using Roundtrip.Configuration.Patterns;
using Roundtrip.Configuration.Settings;

namespace Roundtrip.Configuration.Sections;

/// <summary>
/// The sections of one server, ready to be merged for a request in httpd's order ("How the sections are merged"): Directory from the shortest to the longest, DirectoryMatch, Files,
/// Location, If; within each the main server's before the virtual host's, and those in the order in which they stand.
/// </summary>
public sealed class SectionWalk
{
    private readonly SettingBag _server;
    private readonly Section[] _directories;
    private readonly Section[] _files;
    private readonly Section[] _locations;
    private readonly Section[] _conditions;

    /// <param name="server">The server's own settings, those of the main server already merged into a virtual host's.</param>
    /// <param name="sections">The main server's sections, then the virtual host's.</param>
    public SectionWalk(SettingBag server, IEnumerable<Section> sections)
    {
        Section[] all = [.. sections];
        _server = server;
        Sections = all;

        // OrderBy keeps the order of what is equal.
        _directories = [.. all.Where(s => s.Kind == ScopeKind.Directory).OrderBy(s => s.Match!.Depth)];
        _files = [.. all.Where(s => s.Kind == ScopeKind.Files)];
        _locations = [.. all.Where(s => s.Kind == ScopeKind.Location)];
        _conditions = [.. all.Where(s => s.Kind == ScopeKind.If)];
    }

    /// <summary>All that may be merged, in the order in which they stand; those that are nested stand in theirs.</summary>
    public IReadOnlyList<Section> Sections { get; }

    /// <summary>The settings of the server with those of the Location sections alone, for what is decided before a file is found: Redirect, and handlers of a location.</summary>
    /// <param name="path">The path of the URL, decoded.</param>
    public SectionResult OfLocation(string path) => Walk(null, path);

    /// <summary>The settings for a file and the path by which it was asked for.</summary>
    /// <param name="file">The file's full path; a slash ends that of a directory.</param>
    /// <param name="path">The path of the URL, decoded.</param>
    public SectionResult Of(string file, string path) => Walk(file, path);

    private SectionResult Walk(string? file, string path)
    {
        var result = new Merging(_server, _conditions);
        if (file is not null)
        {
            var files = new List<Section>(_files);
            foreach (Section section in _directories)
            {
                if (result.TryAdd(section, section.Match!.MatchDirectoryOf(file)))
                {
                    files.AddRange(section.Nested.Where(n => n.Kind == ScopeKind.Files));
                }
            }

            string name = file[(file.LastIndexOf('/') + 1)..];
            foreach (Section section in files)
            {
                result.TryAdd(section, section.Match!.MatchName(name));
            }
        }

        foreach (Section section in _locations)
        {
            result.TryAdd(section, section.Match!.MatchLocation(path));
        }

        return result.Result();
    }

    private sealed class Merging(SettingBag server, Section[] conditions)
    {
        private readonly List<Section> _conditions = [.. conditions];
        private readonly List<Section> _applied = [];
        private SettingBag _settings = server;
        private bool _isUndecided;

        /// <returns>Whether the section applies.</returns>
        public bool TryAdd(Section section, PatternOutcome outcome)
        {
            _isUndecided |= outcome == PatternOutcome.TimedOut;
            if (outcome != PatternOutcome.Matched)
            {
                return false;
            }

            _applied.Add(section);
            _settings = SettingBag.Merge(_settings, section.Settings);
            _conditions.AddRange(section.Nested.Where(n => n.Kind == ScopeKind.If));
            return true;
        }

        public SectionResult Result() => new(_settings, _conditions) { Applied = _applied, IsUndecided = _isUndecided };
    }
}
