using System.Runtime.CompilerServices;
using Roundtrip.Configuration.Sections;
using Roundtrip.Site.Cgi;
using Roundtrip.Site.Core;
using Roundtrip.Site.Mapping;
using Roundtrip.Site.Mime;
using Roundtrip.Site.Programs;
using Roundtrip.Site.Serving;
using Roundtrip.Transport.Files;

namespace Roundtrip.Site.Files;

/// <content>Programs: the file is the longest part of the path that is one, and what stands behind it is PATH_INFO (RFC 3875 section 4.1.5).</content>
internal sealed partial class ResourceLoader
{
    // The handler is known from the mapping or a section: what the path names must be a program, or a file above it.
    private Resource? TryLoadScript(ResourceAbout about, MappedPath mapped, in Look look) => mapped.ProgramLength >= 0
        ? Resource.OfScript(about, new Script("", about.Path[..mapped.ProgramLength], about.Path[mapped.ProgramLength..], default) { IsAliased = true }, [])
        : TryFindScript(about, mapped, look, out FileStamp stamp, out int length) switch
        {
            OpenOutcome.WouldWait => null,

            // What a mapping names is meant; a section's handler is for what may be asked for.
            OpenOutcome.Found when IsHidden(about, mapped, length) => Resource.OfStatus(about, 404),
            OpenOutcome.Found when stamp.Kind == FileKind.Regular => ScriptAt(about, mapped, length, stamp, look),

            // mod_cgi: a directory is not invoked as a script. Behind one there is nothing.
            OpenOutcome.Found => Resource.OfStatus(about, length == mapped.Relative.Length ? 403 : 404),
            OpenOutcome.Missing => Resource.OfStatus(about, 404),
            OpenOutcome.OutOfDescriptors => Resource.OfStatus(about, 503),
            _ => Resource.OfStatus(about, 403),
        };

    private static bool IsHidden(ResourceAbout about, MappedPath mapped, int length)
    {
        HiddenNames hidden = about.Settings.Get(CoreSettings.HiddenNames);
        ReadOnlySpan<byte> name = mapped.Relative.AsSpan(0, length);
        return mapped.Handler.Length == 0 ? IsHidden(about, name) : hidden.HidesDots(name);
    }

    // A program's text is shown to nobody; where a handler runs what has its name, it is the program that is asked for.
    private static bool IsHidden(ResourceAbout about, ReadOnlySpan<byte> relative)
    {
        HiddenNames hidden = about.Settings.Get(CoreSettings.HiddenNames);
        return hidden.IsHidden(relative) && (hidden.IsHiddenAlsoToRun(relative) || !ProgramHandlers.Knows(HandlerOf(about, relative)));
    }

    private static string HandlerOf(ResourceAbout about, ReadOnlySpan<byte> relative) =>
        about.Settings.Get(CoreSettings.Handler) is { Length: > 0 } said ? said : FileMetadata.Of("/" + PathText.Of(relative), about.Settings).Handler;

    // mod_actions: the program is asked for as if the URL had its path in front.
    private Resource? TryLoadAction(ResourceAbout about, ActionProgram action, in Look look, int redirects)
    {
        if (redirects == 0)
        {
            return Resource.OfStatus(about, 500);
        }

        Resource? found = TryLoad(about.Host, PathText.Bytes(action.Path + about.Path), look, redirects - 1);
        return found is null ? null : Inside(about, found.Script is null ? found : Resource.OfScript(found.About, found.Script with { ActionFor = about.Path }, [.. look.Facts]));
    }

    // What is not there may stand behind a file whose name says that it is a program, or that AcceptPathInfo opens for it.
    private bool TryLoadAbove(ResourceAbout about, MappedPath mapped, in Look look, int redirects, out Resource? found)
    {
        found = null;
        OpenOutcome outcome = TryFindScript(about, mapped, look, out FileStamp stamp, out int length);
        if (outcome == OpenOutcome.Found && stamp.Kind == FileKind.Regular && !IsHidden(about, mapped.Relative.AsSpan(0, length)))
        {
            found = ScriptAt(about, mapped, length, stamp, look);
            if (found.Script is not null)
            {
                return true;
            }

            ResourceAbout? file = length < mapped.Relative.Length ? OfFile(about, mapped, length) : null;
            if (file is null || !(file.Settings.Get(CoreSettings.AcceptPathInfo) == PathInfoRule.On || HasAction(file)))
            {
                return false;
            }

            found = Redirection(file) ?? TryLoadFile(file, mapped.Above(length), look, redirects);
            return true;
        }

        return outcome == OpenOutcome.WouldWait;
    }

    // mod_actions asks its program for whatever stands behind the file too.
    private static bool HasAction(ResourceAbout file)
    {
        FileMetadata metadata = FileMetadata.Of(file.FileName, file.Settings);
        return file.ActionOf(file.Handler.Length > 0 ? file.Handler : metadata.Handler) is not null || file.ActionOf(metadata.ContentType.Split(';')[0].Trim()) is not null;
    }

    // What holds for files holds for the file, and not for what a URL has behind it. Null where an If section cannot be decided.
    private static ResourceAbout? OfFile(ResourceAbout about, MappedPath mapped, int length)
    {
        string fileName = mapped.Folder + PathText.Of(mapped.Relative.AsSpan(0, length));
        SectionResult sections = about.Host.Configuration.Walk.Of(fileName, about.Path);
        return sections.IsUndecided ? null : About(about.Host, sections, mapped, about.Path) with { FileName = fileName };
    }

    private static Resource ScriptAt(ResourceAbout about, MappedPath mapped, int length, in FileStamp stamp, in Look look)
    {
        string fileName = mapped.Folder + PathText.Of(mapped.Relative.AsSpan(0, length));
        if (length < mapped.Relative.Length)
        {
            if (OfFile(about, mapped, length) is not { } file)
            {
                return Resource.OfStatus(about, 500);
            }

            about = file;
            if (about.Settings.Get(CoreSettings.AcceptPathInfo) == PathInfoRule.Off)
            {
                return Resource.OfGuarded(about) ?? Redirection(about) ?? Resource.OfStatus(about, 404);
            }
        }

        if (about.Handler.Length == 0)
        {
            about = about with { Handler = FileMetadata.Of(fileName, about.Settings).Handler };
        }

        string pathInfo = PathText.Of(mapped.Relative.AsSpan(length));
        return Resource.OfGuarded(about) ?? Redirection(about)
            ?? (about.IsProgram ? Resource.OfScript(about, Script.Of(fileName, about.Path, pathInfo, stamp) with { IsAliased = mapped.Handler.Length > 0 }, [.. look.Facts]) : Resource.OfStatus(about, 404));
    }

    // From the whole path upwards: what first is there decides. Only a regular file has a path behind it that is missing for no other reason.
    [SkipLocalsInit]
    private OpenOutcome TryFindScript(ResourceAbout about, MappedPath mapped, in Look look, out FileStamp stamp, out int length)
    {
        Span<byte> room = stackalloc byte[FilePath.MaximumLength + 1];
        stamp = default;
        length = mapped.Relative.AsSpan().TrimEnd((byte)'/').Length;
        if (RootOf(about, mapped) is not { } root)
        {
            return OpenOutcome.Missing;
        }

        while (true)
        {
            OpenOutcome outcome = FilePath.TryJoin(mapped.Relative.AsSpan(0, length), default, room, out FilePath path) ? root.Look(path, look.MayWait, out stamp) : OpenOutcome.Missing;
            if (outcome != OpenOutcome.Missing || length == 0)
            {
                if (outcome == OpenOutcome.Found)
                {
                    look.Facts.Add(new PathFact(root, path.Terminated.ToArray(), outcome, stamp));
                }

                return outcome;
            }

            length = Math.Max(0, mapped.Relative.AsSpan(0, length).LastIndexOf((byte)'/'));
        }
    }
}
