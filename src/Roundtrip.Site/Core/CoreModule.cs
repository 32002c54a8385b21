using Roundtrip.Configuration.Directives;
using Roundtrip.Configuration.VirtualHosts;
using static Roundtrip.Configuration.Directives.Arguments;
using static Roundtrip.Configuration.Directives.DirectiveContext;

namespace Roundtrip.Site.Core;

/// <summary>httpd's core: where the documents are, what directories allow, names of hosts, error documents. Its limits are <see cref="LimitDirectives"/>.</summary>
internal sealed class CoreModule : IConfigurationModule
{
    public string Name => "core_module";

    public string SourceFile => "core.c";

    public bool IsAlwaysLoaded => true;

    public IEnumerable<Directive> Directives =>
    [
        new("DocumentRoot", AnyServer, 1, 1, "a folder", call => call.Settings.Set(CoreSettings.DocumentRoot, call.FullPath(call.Words[0]))),
        new("ServerName", AnyServer, 1, 1, "a name, perhaps with a scheme before it and a port behind it", SetServerName),
        new("ServerAlias", VirtualHost, 1, int.MaxValue, "names, * and ? among them", call =>
            call.Settings.Update(HostNames.Aliases, names => [.. names, .. call.Words])),
        Directive.Of("ServerAdmin", AnyServer, "an address or a URL", CoreSettings.ServerAdmin, word => word),
        Directive.Of("ServerSignature", Anywhere, "On, Off or EMail", CoreSettings.ServerSignature, word => Choice(word, "Off", "On", "EMail")),
        Directive.Of("ServerTokens", ServerConfig, "Prod, Major, Minor, Min, OS or Full", CoreSettings.ServerTokens, ParseTokens),
        Directive.Of("UseCanonicalName", Anywhere, "On, Off or DNS", CoreSettings.UseCanonicalName, word => Choice(word, "Off", "On", "DNS") > 0),
        Directive.Of("TraceEnable", AnyServer, "on, off or extended", CoreSettings.TraceEnable, word => Choice(word, "off", "on", "extended")),
        new("Listen", ServerConfig, 1, 2, "a port, perhaps with an address before it, and a protocol", AddListen),
        new("Options", Anywhere, 1, int.MaxValue, "options, all of them with + or - or none", call =>
            call.Settings.Update(CoreSettings.Options, outer => DirectoryOptions.Merge(
                call.Settings.Has(CoreSettings.Options) ? outer : new DirectoryOptions(false, OptionFlags.None, OptionFlags.None), DirectoryOptions.Parse(call.Words)))),
        new("AllowOverride", DirectiveContext.Directory, 1, int.MaxValue, "None", RefuseOverride),
        new("AllowOverrideList", DirectiveContext.Directory, 1, int.MaxValue, "None", RefuseOverride),
        Directive.Of("SetHandler", Anywhere, "a handler's name, or None", CoreSettings.Handler, word => IsNone(word) ? "" : word),
        Directive.Of("ForceType", Anywhere, "a media type, or None", CoreSettings.ForceType, word => IsNone(word) ? "" : Headers.FieldText.Checked(word)),
        Directive.Of("AddDefaultCharset", Anywhere, "On, Off or a charset", CoreSettings.DefaultCharset, word =>
            word.Equals("Off", StringComparison.OrdinalIgnoreCase) ? "" : word.Equals("On", StringComparison.OrdinalIgnoreCase) ? "iso-8859-1" : Headers.FieldText.Checked(word)),
        new("ErrorDocument", Anywhere, 0, 0, "a status and a text, a path or a URL", SetErrorDocument) { IsRaw = true },
        new("FileETag", Anywhere, 1, int.MaxValue, "INode, MTime, Size, All or None, perhaps with + or -", SetEntityTag),
        Directive.Of("EnableSendfile", Anywhere, "On or Off", CoreSettings.EnableSendfile, Flag),
        Directive.Of("AcceptPathInfo", Anywhere, "On, Off or Default", CoreSettings.AcceptPathInfo, word => (PathInfoRule)Choice(word, "Off", "On", "Default")),
        new("CGIVar", DirectiveContext.Directory, 2, 2, "REQUEST_URI, and original-uri or current-uri", SetCgiVariable),
        Directive.Of("CGIPassAuth", DirectiveContext.Directory, "On or Off", Cgi.CgiSettings.PassesAuthorization, Flag),
        Directive.Of("EnableMMAP", Anywhere, "On or Off", Ignored.Key, _ => true),
        Directive.Of("AllowEncodedSlashes", AnyServer, "On, Off or NoDecode", CoreSettings.AcceptEncodedSlashes, RefuseEncodedSlashes),
        .. LimitDirectives.All,
        .. Access.LimitSections.All,
        Compression.OutputFilters.Set,
        .. ErrorLogDirectives.All,
        .. Ignored.OfCore,
    ];

    private static void SetCgiVariable(DirectiveCall call)
    {
        _ = Choice(call.Words[0], "REQUEST_URI");
        call.Settings.Set(Cgi.CgiSettings.ShowsCurrentUri, Choice(call.Words[1], "original-uri", "current-uri") == 1);
    }

    private static bool IsNone(string word) => word.Equals("None", StringComparison.OrdinalIgnoreCase);

    private static void SetServerName(DirectiveCall call)
    {
        string name = call.Words[0];
        call.Settings.Set(HostNames.ServerName, Uri.CheckHostName(HostNames.WithoutPort(name)) is UriHostNameType.Unknown && name != "*"
            ? throw new FormatException($"'{name}' is not the name of a host")
            : name);
    }

    private static void AddListen(DirectiveCall call)
    {
        // httpd: a port behind the protocol of 443 speaks https unless something else is said.
        HostAddress address = HostAddress.Parse(call.Words[0], portAlone: true, static _ => [])[0];
        if (address.Port == 0)
        {
            throw new FormatException("Port must be specified");
        }

        bool isSecure = call.Words.Count > 1 ? call.Words[1].Equals("https", StringComparison.OrdinalIgnoreCase) : address.Port == 443;
        call.Settings.Update(CoreSettings.Listen, all => all.Add(new ListenAddress(address, isSecure, call.Position)));
    }

    private static void RefuseOverride(DirectiveCall call)
    {
        // A file of its own in each directory could forbid what would be served without it.
        if (call.Words.Count != 1 || !IsNone(call.Words[0]))
        {
            throw new FormatException("only None is possible: .htaccess files are not read yet, and what they forbid must not be served");
        }
    }

    private static bool RefuseEncodedSlashes(string word) => Choice(word, "Off", "On", "NoDecode") == 0
        ? false
        : throw new FormatException("only Off is possible: an encoded slash or backslash in a path is 404");

    private static ServerTokens ParseTokens(string word) => word.ToUpperInvariant() switch
    {
        "PROD" or "PRODUCTONLY" => ServerTokens.ProductOnly,
        "MAJOR" => ServerTokens.Major,
        "MINOR" => ServerTokens.Minor,
        "MIN" or "MINIMAL" => ServerTokens.Minimal,
        "OS" => ServerTokens.OperatingSystem,
        "FULL" => ServerTokens.Full,
        _ => throw new FormatException("takes 1 argument, 'Prod(uctOnly)', 'Major', 'Minor', 'Min(imal)', 'OS', or 'Full'"),
    };

    private static void SetErrorDocument(DirectiveCall call)
    {
        string status = Configuration.Syntax.Words.First(call.Raw, out string rest);
        int code = Number(status, 400, 599);
        if (rest.Length == 0)
        {
            throw new FormatException("takes a status and a text, a path or a URL");
        }

        // A text in quotes is one word; one that begins with a quote alone, and any other, goes to the line's end.
        string word = Configuration.Syntax.Words.First(rest, out string behind);
        string value = behind.Length == 0 ? word : rest;
        var document = ErrorDocument.Parse(value);
        if (code == 401 && document.Kind == ErrorDocumentKind.Redirect)
        {
            call.Warn("cannot use a full URL in a 401 ErrorDocument directive --- ignoring!");
            return;
        }

        call.Settings.Update(CoreSettings.ErrorDocuments, all => all.SetItem(code, document));
    }

    private static void SetEntityTag(DirectiveCall call)
    {
        EntityTagParts parts = EntityTagParts.None;
        bool isRelative = call.Words[0][0] is '+' or '-';
        if (isRelative)
        {
            parts = call.Settings.Get(CoreSettings.FileETag);
        }

        foreach (string word in call.Words)
        {
            EntityTagParts part = PartOf(word.TrimStart('+', '-'));
            parts = word[0] == '-' ? parts & ~part : parts | part;
        }

        call.Settings.Set(CoreSettings.FileETag, parts);
    }

    private static EntityTagParts PartOf(string word) => word.ToUpperInvariant() switch
    {
        "NONE" => EntityTagParts.None,
        "INODE" => EntityTagParts.Inode,
        "MTIME" => EntityTagParts.ModificationTime,
        "SIZE" => EntityTagParts.Size,
        "ALL" => EntityTagParts.All,
        _ => throw new FormatException($"'{word}' is not INode, MTime, Size, All or None"),
    };
}
