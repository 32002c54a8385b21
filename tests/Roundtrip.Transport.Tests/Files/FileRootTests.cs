using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Roundtrip.Core;
using Roundtrip.Transport.Files;

namespace Roundtrip.Transport.Tests.Files;

public sealed partial class FileRootTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("roundtrip-files-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("f", OpenOutcome.Found, FileKind.Regular)]
    [InlineData("d", OpenOutcome.Found, FileKind.Directory)]
    [InlineData("d/", OpenOutcome.Found, FileKind.Directory)]
    [InlineData("", OpenOutcome.Found, FileKind.Directory)]
    [InlineData("f/", OpenOutcome.Missing, FileKind.Regular)]
    [InlineData("f/x", OpenOutcome.Missing, FileKind.Regular)]
    [InlineData("none", OpenOutcome.Missing, FileKind.Regular)]
    [InlineData("../f", OpenOutcome.Refused, FileKind.Regular)]
    [InlineData("d/../../x", OpenOutcome.Refused, FileKind.Regular)]
    [InlineData("fifo", OpenOutcome.Refused, FileKind.Regular)]
    [InlineData("absolute", OpenOutcome.Refused, FileKind.Regular)]
    [InlineData("climbing", OpenOutcome.Refused, FileKind.Regular)]
    [InlineData("loop", OpenOutcome.Refused, FileKind.Regular)]
    [InlineData("within", OpenOutcome.Found, FileKind.Regular)]
    public void Only_what_is_beneath_the_root_is_opened(string path, OpenOutcome expected, FileKind kind)
    {
        File.WriteAllText(Path.Combine(_folder, "f"), "hello");
        Directory.CreateDirectory(Path.Combine(_folder, "d"));
        File.CreateSymbolicLink(Path.Combine(_folder, "absolute"), "/etc/passwd");
        File.CreateSymbolicLink(Path.Combine(_folder, "climbing"), "../../etc/passwd");
        File.CreateSymbolicLink(Path.Combine(_folder, "loop"), "loop");
        File.CreateSymbolicLink(Path.Combine(_folder, "within"), "d/../f");
        using var mkfifo = System.Diagnostics.Process.Start("mkfifo", [Path.Combine(_folder, "fifo")]);
        mkfifo.WaitForExit();
        using FileRoot root = FileRoot.Open(_folder, SymlinkRule.Beneath);

        OpenOutcome outcome = root.Open(Join(path), mayWait: true, out SafeFileHandle? file, out FileStamp stamp);

        Assert.Equal(expected, outcome);
        Assert.Equal(outcome == OpenOutcome.Found, file is not null);
        if (file is not null)
        {
            Assert.Equal(kind, stamp.Kind);
            Assert.Equal(OpenOutcome.Found, root.Look(Join(path), mayWait: true, out FileStamp looked));
            Assert.Equal(stamp, looked);
            file.Dispose();
        }
    }

    [Fact]
    public void A_name_that_was_looked_up_before_is_found_without_waiting()
    {
        File.WriteAllText(Path.Combine(_folder, "f"), "hello");
        using FileRoot root = FileRoot.Open(_folder, SymlinkRule.Beneath);
        root.Look(Join("f"), mayWait: true, out _);

        Assert.Equal(OpenOutcome.Found, root.Open(Join("f"), mayWait: false, out SafeFileHandle? file, out FileStamp stamp));
        var native = new NativeFile(file!, stamp);
        byte[] bytes = new byte[10];
        Assert.Equal(new FileReadResult(FileReadStatus.Read, 5), native.Read(0, bytes));
        Assert.Equal("hello", Encoding.ASCII.GetString(bytes, 0, 5));
        Assert.Equal(FileReadStatus.Changed, native.Read(5, bytes).Status);
        native.ReleaseReference();
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named_in_the_error()
    {
        TransportException error = Assert.Throws<TransportException>(() => FileRoot.Open("/nonexistent-folder", SymlinkRule.Beneath));
        Assert.Contains("/nonexistent-folder: No such file or directory", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_of_a_URL_cannot_be_opened_by_mistake()
    {
        Assert.Throws<ArgumentException>(() => FilePath.FromTerminated("/etc/passwd\0"u8));
        Assert.Throws<ArgumentException>(() => FilePath.FromTerminated("a\0b\0"u8));
        Assert.Throws<ArgumentException>(() => FilePath.FromTerminated("a"u8));
        Assert.False(FilePath.TryJoin(new byte[4096], default, new byte[5000], out _));
    }

    [Fact]
    public void A_file_rewritten_in_place_is_changed_and_one_replaced_by_rename_is_not()
    {
        string name = Path.Combine(_folder, "f");
        File.WriteAllText(name, "hello");
        using FileRoot root = FileRoot.Open(_folder, SymlinkRule.Beneath);
        NativeFile replaced = OpenNative(root, "f");
        File.WriteAllText(Path.Combine(_folder, "g"), "other");
        File.Move(Path.Combine(_folder, "g"), name, overwrite: true);
        Assert.True(replaced.IsUnchanged());

        // As long as before and with the old time set back: the time of change tells.
        DateTime modified = File.GetLastWriteTimeUtc(name);
        NativeFile rewritten = OpenNative(root, "f");
        Assert.True(rewritten.IsUnchanged());
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                using (FileStream stream = File.OpenWrite(name))
                {
                    stream.Write("HELLO"u8);
                }

                File.SetLastWriteTimeUtc(name, modified);
                return !rewritten.IsUnchanged();
            },
            TimeSpan.FromSeconds(20)));
        replaced.ReleaseReference();
        rewritten.ReleaseReference();
    }

    [Fact]
    public void A_FIFO_is_refused_without_waking_its_writer()
    {
        string fifo = Path.Combine(_folder, "fifo");
        using (Process mkfifo = Process.Start("mkfifo", [fifo]))
        {
            mkfifo.WaitForExit();
        }

        using FileRoot root = FileRoot.Open(_folder, SymlinkRule.Beneath);
        using Process writer = Process.Start("sh", ["-c", "echo hello > \"$1\"", "sh", fifo]);
        string sleeping = $"/proc/{writer.Id}/wchan";
        Assert.True(SpinWait.SpinUntil(() => File.ReadAllText(sleeping) == "wait_for_partner", TimeSpan.FromSeconds(20)));

        Assert.Equal(OpenOutcome.Refused, root.Open(Join("fifo"), mayWait: true, out _, out _));
        Assert.Equal(OpenOutcome.Refused, root.Open(Join("fifo"), mayWait: false, out _, out _));

        // A writer that was woken would have found nobody to write to, and have died of it.
        Assert.Equal("wait_for_partner", File.ReadAllText(sleeping));
        using var reader = new FileStream(fifo, FileMode.Open, FileAccess.ReadWrite);
        Assert.True(writer.WaitForExit(TimeSpan.FromSeconds(20)));
        Assert.Equal(0, writer.ExitCode);
    }

    [Fact]
    public void No_rename_at_the_right_moment_leads_out()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "root/d"));
        Directory.CreateDirectory(Path.Combine(_folder, "out"));
        File.WriteAllText(Path.Combine(_folder, "root/d/f"), "inside");
        File.WriteAllText(Path.Combine(_folder, "out/f"), "outside");
        File.CreateSymbolicLink(Path.Combine(_folder, "root/link"), "../out");
        using FileRoot root = FileRoot.Open(Path.Combine(_folder, "root"), SymlinkRule.Beneath);

        // A directory and a link that leads out take each other's names, over and over.
        bool isOver = false;
        var swaps = new Thread(() =>
        {
            while (!Volatile.Read(ref isOver))
            {
                Assert.Equal(0, Exchange(-100, Path.Combine(_folder, "root/d"), -100, Path.Combine(_folder, "root/link"), 2));
            }
        });
        swaps.Start();
        var outcomes = new HashSet<OpenOutcome>();
        byte[] content = new byte[16];
        for (int i = 0; i < 20_000 || (outcomes.Count < 2 && i < 2_000_000); i++)
        {
            OpenOutcome outcome = root.Open(Join("d/f"), mayWait: i % 2 == 0, out SafeFileHandle? file, out FileStamp stamp);
            outcomes.Add(outcome);
            if (file is not null)
            {
                var native = new NativeFile(file, stamp);
                Assert.Equal("inside", Encoding.ASCII.GetString(content, 0, native.ReadWaiting(0, content).Count));
                native.ReleaseReference();
            }
        }

        Volatile.Write(ref isOver, true);
        swaps.Join();
        Assert.Contains(OpenOutcome.Found, outcomes);
        Assert.Contains(OpenOutcome.Refused, outcomes);
    }

    [Fact]
    public void A_directory_is_read_whole()
    {
        for (int i = 0; i < 2000; i++)
        {
            File.WriteAllText(Path.Combine(_folder, $"name-{i}"), "x");
        }

        using FileRoot root = FileRoot.Open(_folder, SymlinkRule.Beneath);
        root.Open(Join(""), mayWait: true, out SafeFileHandle? directory, out _);
        using (directory)
        {
            List<DirectoryEntry> entries = DirectoryReader.Read(directory!, 10_000)!;
            Assert.Equal(
                Enumerable.Range(0, 2000).Select(i => $"name-{i}").Order(), entries.Select(entry => Encoding.ASCII.GetString(entry.Name)).Order());
        }
    }

    // renameat2(2); the last flag is RENAME_EXCHANGE.
    [LibraryImport("libc", EntryPoint = "renameat2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Exchange(int fromDirectory, string from, int toDirectory, string to, uint flags);

    private static NativeFile OpenNative(FileRoot root, string path)
    {
        Assert.Equal(OpenOutcome.Found, root.Open(Join(path), mayWait: true, out SafeFileHandle? file, out FileStamp stamp));
        return new NativeFile(file!, stamp);
    }

    private static FilePath Join(string path)
    {
        Assert.True(FilePath.TryJoin(Encoding.UTF8.GetBytes(path), default, new byte[FilePath.MaximumLength + 1], out FilePath joined));
        return joined;
    }
}
