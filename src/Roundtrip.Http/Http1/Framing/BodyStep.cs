namespace Roundtrip.Http.Http1;

/// <summary>What stands next in a body.</summary>
internal enum BodyStep : byte
{
    /// <summary>Nothing that can be used yet.</summary>
    Incomplete,

    /// <summary>Content.</summary>
    Data,

    /// <summary>The body is over.</summary>
    End,

    /// <summary>The body is malformed or over a limit.</summary>
    Error,
}
