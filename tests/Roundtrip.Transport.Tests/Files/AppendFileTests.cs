using System.Diagnostics;
using Roundtrip.Transport.Files;

namespace Roundtrip.Transport.Tests.Files;

public sealed class AppendFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("roundtrip-append-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_is_written_stands_behind_what_was_there()
    {
        string name = Path.Combine(_folder, "log");
        File.WriteAllText(name, "one\n");
        using (AppendFile file = AppendFile.Open(name))
        {
            Assert.Equal(4, file.Write("two\n"u8, out _));
        }

        Assert.Equal("one\ntwo\n", File.ReadAllText(name));
    }

    [Fact]
    public async Task A_FIFO_that_nobody_reads_is_said_and_not_waited_for()
    {
        string name = MakeFifo();
        TransportException error = await Assert.ThrowsAsync<TransportException>(
            () => Task.Run(() => AppendFile.Open(name), TestContext.Current.CancellationToken)
                .WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));

        Assert.Contains($"{name}: No such device or address (if it is a FIFO, nobody reads it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_FIFO_whose_reader_is_slow_gets_all_that_is_written()
    {
        // More than a pipe holds, so that writing waits for the reader.
        byte[] lines = new byte[1024 * 1024];
        string name = MakeFifo();
        using var reader = new FileStream(name, FileMode.Open, FileAccess.ReadWrite);
        using AppendFile file = AppendFile.Open(name);
        Task<int> writing = Task.Run(() => file.Write(lines, out _), TestContext.Current.CancellationToken);
        await reader.ReadExactlyAsync(new byte[lines.Length], TestContext.Current.CancellationToken);

        Assert.Equal(lines.Length, await writing);
    }

    [Fact]
    public void A_full_disk_is_said()
    {
        using AppendFile file = AppendFile.Open("/dev/full");
        Assert.Equal(0, file.Write("line\n"u8, out string? error));
        Assert.Equal("No space left on device", error);
    }

    private string MakeFifo()
    {
        string name = Path.Combine(_folder, "fifo");
        using Process mkfifo = Process.Start("mkfifo", [name]);
        mkfifo.WaitForExit();
        return name;
    }
}
