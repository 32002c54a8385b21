using Roundtrip.Core;
using Roundtrip.Http.Http2.Frames;
using Roundtrip.Http.Http2.Hpack;

namespace Roundtrip.Http.Http2;

// What the two ends have agreed on (RFC 9113 section 6.5), and what follows for the streams that are open.
public abstract partial class Http2Connection
{
    private int _settingsUnacknowledged;
    private long _settingsSentAt;

    internal Http2Settings OurSettings { get; } = new();

    internal Http2Settings PeerSettings { get; } = new();

    private protected HpackDecoder Decoder { get; } = new(DecoderTableSize);

    internal HpackEncoder Encoder { get; } = new();

    /// <summary>What a section of the peer's may have.</summary>
    private protected FieldLimits SectionLimits { get; init; }

    private const int DecoderTableSize = 4096;

    private const int SettingsPerFrame = 32;

    /// <summary>Sends our SETTINGS, the first frame of our preface, and makes the connection's window as large as a stream's may be.</summary>
    private protected void WriteFirstSettings(params ReadOnlySpan<Setting> settings)
    {
        foreach (Setting setting in settings)
        {
            OurSettings.Set(setting.Parameter, setting.Value);
        }

        FrameWriter.WriteSettings(Host.Output, settings);
        _settingsUnacknowledged++;
        _settingsSentAt = Host.Now;
        GrowConnectionWindow(Math.Max(OurSettings.InitialWindowSize, Math.Min(Limits.MaxWindowSize, FirstConnectionWindow)));
    }

    // Several streams may upload at once; beyond this the measured bandwidth decides.
    private const int FirstConnectionWindow = 256 * 1024;

    private void OnSettings(in FrameHeader header, ReadOnlySpan<byte> payload, long now)
    {
        SettingsFrame.Read(header, payload, out SettingsFrame frame);
        if (frame.IsAck)
        {
            // RFC 9113 §6.5.3 knows no acknowledgement of nothing; it harms nobody, and counts.
            if (_settingsUnacknowledged > 0)
            {
                _settingsUnacknowledged--;
            }
            else
            {
                Spend(FloodKind.UnknownFrames, now);
            }

            return;
        }

        // A frame has room for thousands of settings, and a new initial window moves every stream: so each SettingsPerFrame of them count as a frame.
        for (int left = frame.Count; left >= 0; left -= SettingsPerFrame)
        {
            if (!Spend(FloodKind.Settings, now))
            {
                return;
            }
        }

        bool isFirst = _phase == ConnectionPhase.FirstSettings;
        foreach (Setting setting in frame)
        {
            ProtocolError error = SettingsRules.Judge(setting);
            if (error.IsError || !TryApply(setting, isFirst, out error))
            {
                Fail(error);
                return;
            }
        }

        if (isFirst)
        {
            _phase = ConnectionPhase.Open;
            BecomeIdle();
            if (PeerSettings.NoRfc7540Priorities)
            {
                Scheduler.IgnoreRfc7540();
            }
        }

        FrameWriter.WriteSettingsAck(Host.Output);
    }

    /// <summary>Takes settings over that came before the connection was HTTP/2's.</summary>
    /// <returns>False where they are wrong: the connection has ended.</returns>
    private protected bool TryApplyUpgradeSettings(ReadOnlySpan<byte> payload)
    {
        SettingsFrame.Read(new FrameHeader(payload.Length, FrameType.Settings, FrameFlags.None, 0), payload, out SettingsFrame frame);
        foreach (Setting setting in frame)
        {
            ProtocolError error = SettingsRules.Judge(setting);
            if (error.IsError || !TryApply(setting, isFirst: true, out error))
            {
                Fail(error);
                return false;
            }
        }

        return true;
    }

    private bool TryApply(Setting setting, bool isFirst, out ProtocolError error)
    {
        error = default;
        switch (setting.Parameter)
        {
            // RFC 8441 §3: once 1, never 0 again; only a server has anything to say by it.
            case SettingsParameter.EnableConnectProtocol when PeerSettings.EnableConnectProtocol && setting.Value == 0:
                error = ProtocolError.FromPeer(EndReason.InvalidEnableConnectProtocol, (int)ErrorCode.ProtocolError);
                return false;

            // RFC 9218 §2.1: in the first SETTINGS or not at all.
            case SettingsParameter.NoRfc7540Priorities when !isFirst && PeerSettings.NoRfc7540Priorities != (setting.Value == 1):
                error = ProtocolError.FromPeer(EndReason.InvalidNoRfc7540Priorities, (int)ErrorCode.ProtocolError);
                return false;

            // RFC 9113 §6.5.2: a server MUST NOT enable push; a client takes it for an error.
            case SettingsParameter.EnablePush when !IsServer && setting.Value == 1:
                error = ProtocolError.FromPeer(EndReason.InvalidEnablePush, (int)ErrorCode.ProtocolError);
                return false;

            case SettingsParameter.InitialWindowSize:
                return TryMoveSendWindows((int)setting.Value - PeerSettings.InitialWindowSize, (int)setting.Value, out error);

            case SettingsParameter.HeaderTableSize:
                Encoder.SetPeerLimit(setting.Value);
                break;
        }

        PeerSettings.Set(setting.Parameter, setting.Value);
        return true;
    }

    // RFC 9113 §6.9.2: a new initial size moves the windows of all open streams, perhaps below zero.
    private bool TryMoveSendWindows(int difference, int size, out ProtocolError error)
    {
        error = default;
        PeerSettings.Set(SettingsParameter.InitialWindowSize, (uint)size);
        foreach (Http2Stream stream in _streams.Values)
        {
            if (!stream.SendWindow.TryAdd(difference))
            {
                error = ProtocolError.FromPeer(EndReason.FlowControlViolated, (int)ErrorCode.FlowControlError);
                return false;
            }

            UpdateReadiness(stream);
        }

        return true;
    }
}
