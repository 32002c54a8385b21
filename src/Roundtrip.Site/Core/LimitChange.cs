using Roundtrip.Configuration;
using Roundtrip.Http;

namespace Roundtrip.Site.Core;

/// <summary>What a line of a configuration makes of limits.</summary>
/// <param name="Name">The directive's, as the manual spells it.</param>
internal sealed record LimitChange(string Name, SourcePosition Position, LimitReach Reach, Func<HttpLimits, HttpLimits> Apply);
