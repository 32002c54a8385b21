using System.Collections.Immutable;
using Roundtrip.Server.Logs;

namespace Roundtrip.Site.Core;

/// <summary>What ErrorLogFormat says.</summary>
/// <param name="Main">Of every line; null for httpd's default.</param>
/// <param name="OfConnection">Of the lines before the first one about a connection.</param>
/// <param name="OfRequest">Of the lines before the first one about a request.</param>
internal sealed record ErrorLogFormats(ErrorLogFormat? Main, ImmutableArray<ErrorLogFormat> OfConnection, ImmutableArray<ErrorLogFormat> OfRequest)
{
    public static readonly ErrorLogFormats Default = new(null, [], []);
}
