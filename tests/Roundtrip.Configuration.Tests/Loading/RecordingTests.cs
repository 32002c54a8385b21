using Roundtrip.Configuration.Loading;
using Roundtrip.Configuration.Tests.Support;

namespace Roundtrip.Configuration.Tests.Loading;

public class RecordingTests
{
    private static InMemorySource Files() => new InMemorySource().WithVariable("V", "1 \uD800")
        .With("/srv/b.conf", "B ${V} ${W}\nInclude none\nInclude x\nIncludeOptional y/*\n<IfFile x>\nC\n</IfFile>")
        .With("/srv/x/1", "X é").With("/srv/x/2", "");

    [Fact]
    public void A_recording_loads_the_very_same_without_the_files()
    {
        var recording = new RecordingSource(Files());
        LoadedConfiguration first = Load(recording);
        ReplayedSource replayed = ReplayedSource.FromBytes(recording.ToBytes())!;
        LoadedConfiguration second = Load(replayed);

        Assert.Equal(["B 1 \uD800 ${W}", "X é", "C"], Loads.Tree(first.Nodes));
        Assert.Equal(Loads.Tree(first.Nodes), Loads.Tree(second.Nodes));
        Assert.Equal(Loads.Errors(first), Loads.Errors(second));
        Assert.Equal(Loads.Warnings(first), Loads.Warnings(second));
        Assert.NotEmpty(second.Errors);
    }

    [Fact]
    public void What_was_not_asked_has_no_answer()
    {
        ReplayedSource replayed = ReplayedSource.FromBytes(new RecordingSource(Files()).ToBytes())!;

        Assert.Null(replayed.Read("/srv/b.conf").Text);
        Assert.Equal("Not in the recording", replayed.Read("/srv/b.conf").Fault);
        Assert.Null(replayed.List("/srv").Names);
        Assert.Equal(PathKind.Nothing, replayed.KindOf("/srv"));
        Assert.Null(replayed.Variable("V"));
    }

    [Fact]
    public void A_question_asked_again_has_the_answer_that_it_had()
    {
        InMemorySource files = Files();
        var recording = new RecordingSource(files);
        FileText before = recording.Read("/srv/x/1");
        files.With("/srv/x/1", "changed");

        Assert.Equal(before, recording.Read("/srv/x/1"));
    }

    [Fact]
    public void Bytes_that_are_cut_or_changed_are_refused_or_read_without_harm()
    {
        var recording = new RecordingSource(Files());
        Load(recording);
        byte[] bytes = recording.ToBytes();
        Assert.Null(ReplayedSource.FromBytes([]));
        Assert.Null(ReplayedSource.FromBytes(bytes.AsSpan(0, bytes.Length - 1)));
        Assert.Null(ReplayedSource.FromBytes([.. bytes, 0]));
        var random = new Random(5);
        for (int i = 0; i < 5000; i++)
        {
            byte[] changed = [.. bytes];
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
            if (ReplayedSource.FromBytes(changed) is { } source)
            {
                Load(source);
            }
        }
    }

    private static LoadedConfiguration Load(IConfigurationSource source) =>
        ConfigurationLoader.Load(source, "b.conf", new LoadOptions { ServerRoot = "/srv" });
}
