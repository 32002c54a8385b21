namespace Roundtrip.Configuration.Patterns;

/// <summary>The flags of apr_fnmatch.</summary>
[Flags]
public enum GlobOptions
{
    None = 0,

    /// <summary>APR_FNM_PATHNAME: a <c>/</c> is matched by <c>/</c> only.</summary>
    PathName = 1,

    /// <summary>APR_FNM_PERIOD: a period at the beginning (with <see cref="PathName"/>, of a component) is matched by a period only.</summary>
    Period = 2,

    /// <summary>APR_FNM_CASE_BLIND: ASCII letters match without regard to case.</summary>
    CaseBlind = 4,

    /// <summary>APR_FNM_NOESCAPE: <c>\</c> stands for itself.</summary>
    NoEscape = 8,
}
