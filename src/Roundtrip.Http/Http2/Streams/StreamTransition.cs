using Roundtrip.Core;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Http2;

/// <summary>What comes of an event in a state: the next state, or an error.</summary>
/// <param name="Code">The error code; <see cref="ErrorCode.NoError"/> where the event is allowed.</param>
/// <param name="Scope">What the error ends. For an event of ours it is a fault of this program.</param>
public readonly record struct StreamTransition(StreamState Next, ErrorCode Code = ErrorCode.NoError, ErrorScope Scope = ErrorScope.Exchange)
{
    public bool IsError => Code != ErrorCode.NoError;
}
