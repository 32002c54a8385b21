namespace Roundtrip.Site.Wsgi.Protocol;

/// <summary>What a frame on a channel is; worker.py says what each carries.</summary>
internal enum FrameKind : byte
{
    /// <summary>To the worker, in its inbox: a request.</summary>
    Request = (byte)'Q',

    /// <summary>To the worker: so much more of the request's content stands in its ring.</summary>
    Body = (byte)'B',

    /// <summary>To the worker: so much of the response's content was taken from its ring.</summary>
    Room = (byte)'W',

    /// <summary>From the worker: the response's head, and perhaps content.</summary>
    Response = (byte)'R',

    /// <summary>From the worker: content.</summary>
    Data = (byte)'D',

    /// <summary>From the worker: so much more content stands in its ring.</summary>
    Shared = (byte)'S',

    /// <summary>From the worker: content from a file, whose descriptor comes with the frame.</summary>
    File = (byte)'F',

    /// <summary>From the worker: the end of the response.</summary>
    End = (byte)'E',

    /// <summary>From the worker: fields of an interim response.</summary>
    Hints = (byte)'H',

    /// <summary>From the worker: how much more content of the request it wants.</summary>
    Credit = (byte)'C',
}
