using Roundtrip.Configuration.Sections;
using Roundtrip.Configuration.Settings;
using Roundtrip.Server.Logs;
using Roundtrip.Site.Access;
using Roundtrip.Site.Cgi;
using Roundtrip.Site.Core;
using Roundtrip.Site.Programs;

namespace Roundtrip.Site.Serving;

/// <summary>What the configuration says of a path: the host, the merged settings, and who may have it. Kept with a resource, and the same for all who ask for it.</summary>
/// <param name="Sections">The merged settings, and the If sections that each request decides.</param>
/// <param name="FileName">The file's full path as text.</param>
/// <param name="Path">The decoded path of the URL; after an internal redirect the new one.</param>
/// <param name="Handler">The handler's name; empty for the default one, which sends files.</param>
internal sealed record ResourceAbout(SiteHost Host, SectionResult Sections, string FileName, string Path, string Handler)
    : IErrorLogContext
{
    private ServerVariables? _serverVariables;

    LogLevels IErrorLogContext.Levels => Settings.Get(CoreSettings.LogLevel);

    public SettingBag Settings => Sections.Settings;

    /// <summary>Who may have it. For an index file its directory must be granted too: <see cref="Outer"/>.</summary>
    public AccessRule Access { get; init; } = AccessSettings.RuleOf(Sections.Settings);

    /// <summary>What must be granted beside what the settings say, and is not changed by an If: the rule of the directory that an index file stands for.</summary>
    public AccessRule Outer { get; init; } = AccessRule.Granted;

    /// <summary>Whether every request for it is answered in the same way, but for what HTTP itself lets the request choose.</summary>
    public bool IsSameForAll => !DependsOnRequest && IsGranted;

    /// <summary>Whether everybody may have it.</summary>
    public bool IsGranted => Access.GrantsAll && Outer.GrantsAll;

    /// <summary>Whether a request is decided by what its exchange says, so that nothing need be made for it.</summary>
    public bool IsDecidedByExchange => !DependsOnRequest && !Access.NeedsFacts && !Outer.NeedsFacts;

    // Looked at once for each resource, and not for each request.
    private bool DependsOnRequest { get; } = Sections.Conditions.Count > 0 || Headers.ResponseFields.DependOnRequest(Sections.Settings)
        || !Sections.Settings.Get(Variables.VariableSettings.OfSections).IsEmpty
        || Variables.ObeyedVariables.AreAmong(Sections.Settings.Get(Variables.VariableSettings.Fixed));

    /// <summary>Whether nothing may be sent for it as it lies on the disk: a directive guards it, or it is a handler's to compute that is not built.</summary>
    public bool IsGuarded => IsGuardedByDirective || !(IsProgram || Action is not null || Handler is "" or "default-handler");

    /// <summary>The program that answers for the handler's name; null where none does.</summary>
    public ActionProgram? Action => Handler.Length > 0 ? ActionOf(Handler) : null;

    /// <summary>Whether a program computes the answers.</summary>
    public bool IsProgram => ProgramHandlers.Knows(Handler);

    /// <summary>What a program is told of the server, made when the first one is.</summary>
    public ServerVariables ServerVariables =>
        _serverVariables is { } made && ReferenceEquals(made.Settings, Settings) ? made : _serverVariables = new ServerVariables(this);

    /// <summary>What a handler keeps with the path. A copy with other settings has that of its original: whoever made it sees whether it still holds.</summary>
    public object? HandlerState { get; set; }

    /// <summary>Whether that is by a directive, which then might also say who may have it, or that it is elsewhere.</summary>
    public bool IsGuardedByDirective => Settings.Get(CoreSettings.Guard).Length > 0;

    /// <param name="name">A handler's, or a media type.</param>
    public ActionProgram? ActionOf(string name) => Settings.Get(ActionsModule.Actions).GetValueOrDefault(name);

    /// <summary>For what has no path of its own: a request that is refused before one is known.</summary>
    public static ResourceAbout OfHost(SiteHost host) =>
        new(host, new SectionResult(host.Settings, []), "", "", "") { Access = AccessRule.Granted };

    string? IErrorLogContext.Variable(string name) => null;

    string? IErrorLogContext.Note(string name) => null;
}
