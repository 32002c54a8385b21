using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Http2;

/// <summary>One end's settings (RFC 9113 section 6.5.2), with the values that hold before any came.</summary>
internal sealed class Http2Settings
{
    public uint HeaderTableSize { get; private set; } = 4096;

    public bool EnablePush { get; private set; } = true;

    /// <summary>How many streams the other end may open; unlimited before anything is said.</summary>
    public uint MaxConcurrentStreams { get; private set; } = uint.MaxValue;

    public int InitialWindowSize { get; private set; } = SendWindow.Initial;

    public int MaxFrameSize { get; private set; } = 16_384;

    public uint MaxHeaderListSize { get; private set; } = uint.MaxValue;

    /// <summary>RFC 8441.</summary>
    public bool EnableConnectProtocol { get; private set; }

    /// <summary>RFC 9218 section 2.1.</summary>
    public bool NoRfc7540Priorities { get; private set; }

    /// <summary>Takes a value over that was judged already. An unknown parameter is ignored (RFC 9113 section 6.5.2).</summary>
    public void Set(SettingsParameter parameter, uint value)
    {
        switch (parameter)
        {
            case SettingsParameter.HeaderTableSize:
                HeaderTableSize = value;
                break;
            case SettingsParameter.EnablePush:
                EnablePush = value != 0;
                break;
            case SettingsParameter.MaxConcurrentStreams:
                MaxConcurrentStreams = value;
                break;
            case SettingsParameter.InitialWindowSize:
                InitialWindowSize = (int)value;
                break;
            case SettingsParameter.MaxFrameSize:
                MaxFrameSize = (int)value;
                break;
            case SettingsParameter.MaxHeaderListSize:
                MaxHeaderListSize = value;
                break;
            case SettingsParameter.EnableConnectProtocol:
                EnableConnectProtocol = value != 0;
                break;
            case SettingsParameter.NoRfc7540Priorities:
                NoRfc7540Priorities = value != 0;
                break;
        }
    }
}
