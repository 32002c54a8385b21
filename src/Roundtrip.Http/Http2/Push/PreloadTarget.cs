namespace Roundtrip.Http.Http2;

/// <summary>What a response names that will be needed with it.</summary>
/// <param name="Reference">As it was written: absolute, or relative to the request's path.</param>
/// <param name="IsCritical">Whether it is to go before the response itself: mod_http2's parameter <c>critical</c>.</param>
internal readonly record struct PreloadTarget(byte[] Reference, bool IsCritical);
