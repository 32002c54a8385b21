namespace Roundtrip.Configuration.Loading;

/// <summary>
/// Passes questions on and keeps each answer, so that a process without rights can load the very same configuration from <see cref="ToBytes"/> by a <see cref="ReplayedSource"/>
/// (docs/adr/0007). A question that is asked again gets the answer it had before, whatever has become of the file.
/// </summary>
public sealed class RecordingSource(IConfigurationSource source) : IConfigurationSource
{
    private readonly RecordedAnswers _answers = new();

    public FileText Read(string path) => Ask(_answers.Texts, path, source.Read);

    public PathKind KindOf(string path) => Ask(_answers.Kinds, path, source.KindOf);

    public DirectoryNames List(string path) => Ask(_answers.Names, path, source.List);

    public string? Variable(string name) => Ask(_answers.Variables, name, source.Variable);

    /// <summary>All answers so far.</summary>
    public byte[] ToBytes() => _answers.ToBytes();

    private static T Ask<T>(Dictionary<string, T> answers, string question, Func<string, T> ask)
    {
        if (!answers.TryGetValue(question, out T? answer))
        {
            answer = ask(question);
            answers.Add(question, answer);
        }

        return answer;
    }
}
