using Roundtrip.Configuration.Directives;
using Roundtrip.Configuration.Settings;

namespace Roundtrip.Site.Core;

/// <summary>Directives of httpd that have nothing to do here: how it divides its work among processes and threads, how it maps files into memory.</summary>
internal static class Ignored
{
    /// <summary>What such a directive sets; nobody reads it.</summary>
    public static readonly SettingKey<bool> Key = new(false);

    public static readonly Directive[] OfCore =
    [
        Nothing("AccessFileName", DirectiveContext.AnyServer),
        Nothing("DefaultType", DirectiveContext.Anywhere),
        Nothing("HostnameLookups", DirectiveContext.Anywhere),
        Nothing("ContentDigest", DirectiveContext.Anywhere),
        Nothing("UseCanonicalPhysicalPort", DirectiveContext.Anywhere),
        Nothing("MergeSlashes", DirectiveContext.AnyServer),
        Nothing("RegexDefaultOptions", DirectiveContext.ServerConfig),
        Nothing("SeeRequestTail", DirectiveContext.ServerConfig),
        Nothing("RLimitCPU", DirectiveContext.Anywhere),
        Nothing("RLimitMEM", DirectiveContext.Anywhere),
        Nothing("RLimitNPROC", DirectiveContext.Anywhere),
    ];

    /// <summary>Of the mpm modules and mod_unixd.</summary>
    public static readonly Directive[] OfProcesses =
    [
        Nothing("StartServers", DirectiveContext.ServerConfig),
        Nothing("MinSpareThreads", DirectiveContext.ServerConfig),
        Nothing("MaxSpareThreads", DirectiveContext.ServerConfig),
        Nothing("MinSpareServers", DirectiveContext.ServerConfig),
        Nothing("MaxSpareServers", DirectiveContext.ServerConfig),
        Nothing("ThreadLimit", DirectiveContext.ServerConfig),
        Nothing("ThreadsPerChild", DirectiveContext.ServerConfig),
        Nothing("ThreadStackSize", DirectiveContext.ServerConfig),
        Nothing("ServerLimit", DirectiveContext.ServerConfig),
        Nothing("AsyncRequestWorkerFactor", DirectiveContext.ServerConfig),
        Nothing("MaxConnectionsPerChild", DirectiveContext.ServerConfig),
        Nothing("MaxRequestsPerChild", DirectiveContext.ServerConfig),
        Nothing("MaxMemFree", DirectiveContext.ServerConfig),
        Nothing("ScoreBoardFile", DirectiveContext.ServerConfig),
        Nothing("CoreDumpDirectory", DirectiveContext.ServerConfig),
        Nothing("EnableExceptionHook", DirectiveContext.ServerConfig),
        Nothing("ListenBacklog", DirectiveContext.ServerConfig),
        Nothing("ListenCoresBucketsRatio", DirectiveContext.ServerConfig),
        Nothing("ReceiveBufferSize", DirectiveContext.ServerConfig),
        Nothing("SendBufferSize", DirectiveContext.ServerConfig),
        Nothing("AcceptFilter", DirectiveContext.ServerConfig),
    ];

    private static Directive Nothing(string name, DirectiveContext contexts) => new(name, contexts, 0, int.MaxValue, "anything", static _ => { });
}
