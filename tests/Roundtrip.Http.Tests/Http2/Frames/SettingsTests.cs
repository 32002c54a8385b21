using Roundtrip.Core;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Tests.Http2.Frames;

public class SettingsTests
{
    public static TheoryData<SettingsParameter, uint, EndReason, ErrorCode> Unlawful() => new()
    {
        { SettingsParameter.EnablePush, 2, EndReason.InvalidEnablePush, ErrorCode.ProtocolError },
        { SettingsParameter.InitialWindowSize, 1u << 31, EndReason.InitialWindowTooLarge, ErrorCode.FlowControlError },
        { SettingsParameter.MaxFrameSize, 16_383, EndReason.InvalidMaxFrameSize, ErrorCode.ProtocolError },
        { SettingsParameter.MaxFrameSize, 16_777_216, EndReason.InvalidMaxFrameSize, ErrorCode.ProtocolError },
        { SettingsParameter.EnableConnectProtocol, 2, EndReason.InvalidEnableConnectProtocol, ErrorCode.ProtocolError },
        { SettingsParameter.NoRfc7540Priorities, 2, EndReason.InvalidNoRfc7540Priorities, ErrorCode.ProtocolError },
    };

    [Theory]
    [MemberData(nameof(Unlawful))]
    public void A_value_that_a_setting_cannot_have_ends_the_connection(SettingsParameter parameter, uint value, EndReason reason, ErrorCode code)
    {
        Assert.Equal(ProtocolError.FromPeer(reason, (int)code), SettingsRules.Judge(new Setting(parameter, value)));
    }

    [Theory]
    [InlineData(SettingsParameter.HeaderTableSize, uint.MaxValue)]
    [InlineData(SettingsParameter.EnablePush, 0)]
    [InlineData(SettingsParameter.EnablePush, 1)]
    [InlineData(SettingsParameter.MaxConcurrentStreams, uint.MaxValue)]
    [InlineData(SettingsParameter.InitialWindowSize, 0)]
    [InlineData(SettingsParameter.InitialWindowSize, int.MaxValue)]
    [InlineData(SettingsParameter.MaxFrameSize, 16_384)]
    [InlineData(SettingsParameter.MaxFrameSize, 16_777_215)]
    [InlineData(SettingsParameter.MaxHeaderListSize, uint.MaxValue)]
    [InlineData(SettingsParameter.EnableConnectProtocol, 1)]
    [InlineData(SettingsParameter.NoRfc7540Priorities, 1)]
    [InlineData((SettingsParameter)0x07, uint.MaxValue)]
    [InlineData((SettingsParameter)0xFAFA, uint.MaxValue)]
    public void Other_values_are_lawful_and_unknown_parameters_mean_nothing(SettingsParameter parameter, uint value)
    {
        Assert.Equal(default, SettingsRules.Judge(new Setting(parameter, value)));
    }

    [Fact]
    public void Settings_are_walked_in_their_order_and_may_come_twice()
    {
        Setting[] settings = [new(SettingsParameter.MaxFrameSize, 20_000), new((SettingsParameter)0xFAFA, 1), new(SettingsParameter.MaxFrameSize, 30_000)];
        byte[] bytes = new byte[100];
        int length = FrameWriter.WriteSettings(bytes, settings);
        Assert.True(FrameHeader.TryRead(bytes, out FrameHeader header));

        Assert.Equal(default, SettingsFrame.Read(header, bytes.AsSpan(FrameHeader.Size..length), out SettingsFrame frame));
        Assert.False(frame.IsAck);
        Assert.Equal(3, frame.Count);
        var read = new List<Setting>();
        foreach (Setting setting in frame)
        {
            read.Add(setting);
        }

        Assert.Equal(settings, read);
    }

    [Fact]
    public void An_acknowledgement_has_no_settings()
    {
        byte[] bytes = new byte[FrameWriter.SettingsAckSize];
        FrameWriter.WriteSettingsAck(bytes);
        Assert.True(FrameHeader.TryRead(bytes, out FrameHeader header));

        Assert.Equal(default, SettingsFrame.Read(header, default, out SettingsFrame frame));
        Assert.True(frame.IsAck);
        Assert.Equal(0, frame.Count);
    }
}
