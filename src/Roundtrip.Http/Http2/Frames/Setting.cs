namespace Roundtrip.Http.Http2.Frames;

/// <summary>One parameter of a SETTINGS frame with its value (RFC 9113 section 6.5.1). <see cref="SettingsRules"/> says which values are lawful.</summary>
public readonly record struct Setting(SettingsParameter Parameter, uint Value)
{
    /// <summary>How many bytes it takes on the wire.</summary>
    public const int Size = 6;
}
