namespace Roundtrip.Program;

/// <summary>How a trace is written.</summary>
internal enum TraceFormat
{
    Text,
    Json,
    Csv,
}
