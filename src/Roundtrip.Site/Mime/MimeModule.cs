using Roundtrip.Configuration.Directives;
using Roundtrip.Configuration.Loading;
using Roundtrip.Site.Compression;
using static Roundtrip.Configuration.Directives.DirectiveContext;

namespace Roundtrip.Site.Mime;

/// <summary>mod_mime: the type, language, encoding and handler of a file by the extensions of its name.</summary>
internal sealed class MimeModule : IConfigurationModule
{
    public string Name => "mime_module";

    public string SourceFile => "mod_mime.c";

    public IEnumerable<Directive> Directives =>
    [
        new("TypesConfig", ServerConfig, 1, 1, "a file of types and extensions", ReadTypes),
        Add("AddType", "a media type and extensions", static (info, value) => info with { Type = value }),
        Add("AddCharset", "a charset and extensions", static (info, value) => info with { Charset = value }),
        Add("AddLanguage", "a language and extensions", static (info, value) => info with { Language = value }),
        Add("AddEncoding", "an encoding and extensions", static (info, value) => info with { Encoding = value }),
        Add("AddHandler", "a handler's name and extensions", static (info, value) => info with { Handler = value }),
        Add("AddInputFilter", "filters' names and extensions", static (info, value) => info with { InputFilters = value }),
        AddOutputFilter,
        Remove("RemoveType", static info => info with { Type = "" }),
        Remove("RemoveCharset", static info => info with { Charset = null }),
        Remove("RemoveLanguage", static info => info with { Language = null }),
        Remove("RemoveEncoding", static info => info with { Encoding = null }),
        Remove("RemoveHandler", static info => info with { Handler = null }),
        Remove("RemoveInputFilter", static info => info with { InputFilters = null }),
        Remove("RemoveOutputFilter", static info => info with { OutputFilters = null }),
        Directive.Of("DefaultLanguage", Anywhere, "a language", MimeSettings.DefaultLanguage, Headers.FieldText.Checked),
        Directive.Of("ModMimeUsePathInfo", DirectiveContext.Directory, "On or Off", MimeSettings.UsePathInfo, Arguments.Flag),
        new("MultiviewsMatch", Anywhere, 1, 2, "Any, NegotiatedOnly, Filters or Handlers", SetMatch),
    ];

    private static Directive AddOutputFilter => new("AddOutputFilter", Anywhere, 2, int.MaxValue, "filters' names and extensions", call =>
    {
        if (OutputFilters.NamesOf(call.Words[0]).FirstOrDefault(name => OutputFilters.CodingOf(name) is null) is { } unbuilt)
        {
            call.Warn($"the filter '{unbuilt}' is not built: files with these extensions are answered with 501");
        }

        AddTo(call, static (info, value) => info with { OutputFilters = value });
    });

    private static Directive Add(string name, string usage, Func<ExtensionInfo, string, ExtensionInfo> change) =>
        new(name, Anywhere, 2, int.MaxValue, usage, call => AddTo(call, change));

    private static void AddTo(DirectiveCall call, Func<ExtensionInfo, string, ExtensionInfo> change)
    {
        string value = Headers.FieldText.Checked(call.Words[0]);
        foreach (string extension in call.Words.Skip(1))
        {
            call.Settings.Update(MimeSettings.Extensions, map => map.Add(extension, info => change(info, value)));
        }
    }

    private static Directive Remove(string name, Func<ExtensionInfo, ExtensionInfo> change) => new(name, Anywhere, 1, int.MaxValue, "extensions", call =>
    {
        foreach (string extension in call.Words)
        {
            call.Settings.Update(MimeSettings.Extensions, map => map.Remove(extension, change));
        }
    });

    private static void ReadTypes(DirectiveCall call)
    {
        FileText file = call.Read(call.FullPath(call.Words[0]));
        call.Settings.Set(MimeSettings.Types, file.Text is { } text
            ? MediaTypes.Parse(text)
            : throw new FormatException($"could not open mime types config file {call.FullPath(call.Words[0])}: {file.Fault}"));
    }

    private static void SetMatch(DirectiveCall call)
    {
        MultiviewsMatch match = MultiviewsMatch.NegotiatedOnly;
        foreach (string word in call.Words)
        {
            match |= word.ToUpperInvariant() switch
            {
                "ANY" => MultiviewsMatch.Any,
                "NEGOTIATEDONLY" => MultiviewsMatch.NegotiatedOnly,
                "FILTERS" => MultiviewsMatch.Filters,
                "HANDLERS" => MultiviewsMatch.Handlers,
                _ => throw new FormatException($"Unrecognized option '{word}'"),
            };
        }

        call.Settings.Set(MimeSettings.MultiviewsMatch, match);
    }
}
