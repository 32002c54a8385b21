namespace Roundtrip.Site.Wsgi.Protocol;

/// <summary>What comes next in a worker's answer to a request.</summary>
internal enum ResponseStep : byte
{
    /// <summary>More bytes are needed, behind those that were given.</summary>
    NeedMore,

    /// <summary>The response's head: <see cref="ResponseReader.Text"/>.</summary>
    Head,

    /// <summary>Content: the first <see cref="ResponseReader.Available"/> bytes of what was given.</summary>
    Content,

    /// <summary>Content in the ring, behind what was taken before: <see cref="ResponseReader.SharedLeft"/> bytes.</summary>
    Shared,

    /// <summary>A stretch of a file.</summary>
    File,

    /// <summary>Fields of an interim response: <see cref="ResponseReader.Text"/>.</summary>
    Hints,

    /// <summary>The worker wants <see cref="ResponseReader.Credit"/> bytes more of the request's content.</summary>
    Credit,

    /// <summary>The response is complete.</summary>
    End,

    /// <summary>The response cannot be completed.</summary>
    Failed,

    /// <summary>What came is no answer to the request: <see cref="ResponseReader.Fault"/>.</summary>
    Fault,
}
