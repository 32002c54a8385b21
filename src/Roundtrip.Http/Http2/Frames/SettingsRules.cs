using Roundtrip.Core;

namespace Roundtrip.Http.Http2.Frames;

/// <summary>Which values a setting may have (RFC 9113 section 6.5.2, RFC 8441 section 3, RFC 9218 section 2.1).</summary>
public static class SettingsRules
{
    /// <summary>
    /// Judges a setting by itself. That ENABLE_CONNECT_PROTOCOL never goes back to 0 and that NO_RFC7540_PRIORITIES never changes are left to whoever knows what was said before.
    /// </summary>
    public static ProtocolError Judge(Setting setting) => setting.Parameter switch
    {
        SettingsParameter.EnablePush when setting.Value > 1 => FrameErrors.Connection(EndReason.InvalidEnablePush, ErrorCode.ProtocolError),
        SettingsParameter.InitialWindowSize when setting.Value > int.MaxValue =>
            FrameErrors.Connection(EndReason.InitialWindowTooLarge, ErrorCode.FlowControlError),
        SettingsParameter.MaxFrameSize when setting.Value is < FrameHeader.DefaultMaximumLength or > FrameHeader.LargestLength =>
            FrameErrors.Connection(EndReason.InvalidMaxFrameSize, ErrorCode.ProtocolError),
        SettingsParameter.EnableConnectProtocol when setting.Value > 1 =>
            FrameErrors.Connection(EndReason.InvalidEnableConnectProtocol, ErrorCode.ProtocolError),
        SettingsParameter.NoRfc7540Priorities when setting.Value > 1 =>
            FrameErrors.Connection(EndReason.InvalidNoRfc7540Priorities, ErrorCode.ProtocolError),
        _ => default,
    };
}
