using Roundtrip.Site.Mapping;
using Roundtrip.Transport.Files;

namespace Roundtrip.Site.Programs;

/// <summary>A program's file, and where in the URL it was found.</summary>
/// <param name="FileName">Its full path, as text (SCRIPT_FILENAME).</param>
/// <param name="Name">The part of the URL's decoded path that names it (SCRIPT_NAME); empty where the whole of a host does.</param>
/// <param name="PathInfo">What stands behind that in the decoded path (PATH_INFO); empty or with a slash at its beginning.</param>
/// <param name="Stamp">Which state of the file was found.</param>
internal sealed record Script(string FileName, string Name, string PathInfo, FileStamp Stamp)
{
    private byte[]? _variables;
    private byte[]? _currentUri;

    /// <summary>Whether the mapping itself made it a program: ScriptAlias, whose folder is there for nothing else.</summary>
    public bool IsAliased { get; init; }

    /// <summary>The path for which an Action had it asked; null for what was asked for itself.</summary>
    public string? ActionFor { get; init; }

    /// <summary>The decoded path by which it was found, as httpd has it in r-&gt;uri: without the query.</summary>
    public ReadOnlySpan<byte> CurrentUri => _currentUri ??= PathText.Bytes(Name + PathInfo);

    /// <summary>What all requests for it are told alike, as <see cref="EnvironmentBuffer"/> has it; made when the first one is.</summary>
    /// <param name="map">Its host's.</param>
    public ReadOnlySpan<byte> Variables(UrlMap map)
    {
        if (_variables is null)
        {
            var buffer = new EnvironmentBuffer();
            buffer.Add("SCRIPT_NAME"u8, PathText.Bytes(Name));
            buffer.Add("SCRIPT_FILENAME"u8, PathText.Bytes(FileName));
            if (PathInfo.Length > 0)
            {
                buffer.Add("PATH_INFO"u8, PathText.Bytes(PathInfo));

                // RFC 3875 §4.1.6: where the server would look for it if it were a path of its own.
                MappedPath mapped = map.Map(PathInfo);
                if (mapped.Status == 0)
                {
                    buffer.Add("PATH_TRANSLATED"u8, PathText.Bytes(mapped.FileName));
                }
            }

            if (ActionFor is not null)
            {
                // As of httpd's internal redirect. php-cgi runs only with the first of them.
                buffer.Add("REDIRECT_STATUS"u8, "200"u8);
                buffer.Add("REDIRECT_URL"u8, PathText.Bytes(ActionFor));
            }

            _variables = buffer.Written.ToArray();
        }

        return _variables;
    }

    /// <param name="path">The decoded path of the URL.</param>
    public static Script Of(string fileName, string path, string pathInfo, in FileStamp stamp)
    {
        // A mapping by a pattern may put other words behind the script's name than the URL has: then all of the URL names it.
        bool isBehind = path.EndsWith(pathInfo, StringComparison.Ordinal);
        return new Script(fileName, isBehind ? path[..^pathInfo.Length] : path, pathInfo, stamp);
    }
}
