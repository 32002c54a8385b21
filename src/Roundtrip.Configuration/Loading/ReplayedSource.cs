namespace Roundtrip.Configuration.Loading;

/// <summary>Gives the answers of a recording. What was not asked then has no answer: a file or directory cannot be read, nothing is at a path, a variable is not set.</summary>
public sealed class ReplayedSource : IConfigurationSource
{
    private const string NotRecorded = "Not in the recording";

    private readonly RecordedAnswers _answers;

    private ReplayedSource(RecordedAnswers answers) => _answers = answers;

    /// <returns>Null when the bytes are not what <see cref="RecordingSource.ToBytes"/> gives.</returns>
    public static ReplayedSource? FromBytes(ReadOnlySpan<byte> bytes) =>
        RecordedAnswers.FromBytes(bytes) is { } answers ? new ReplayedSource(answers) : null;

    public FileText Read(string path) => _answers.Texts.TryGetValue(path, out FileText answer) ? answer : new FileText(null, NotRecorded);

    public PathKind KindOf(string path) => _answers.Kinds.GetValueOrDefault(path);

    public DirectoryNames List(string path) =>
        _answers.Names.TryGetValue(path, out DirectoryNames answer) ? answer : new DirectoryNames(null, NotRecorded);

    public string? Variable(string name) => _answers.Variables.GetValueOrDefault(name);
}
