using System.Globalization;

namespace Roundtrip.Processes;

/// <summary>The file that says which process the supervisor is (httpd's PidFile): its number and a newline.</summary>
public sealed class PidFile : IDisposable
{
    private readonly string _path;
    private readonly string _text;

    private PidFile(string path, string text) => (_path, _text) = (path, text);

    /// <summary>Writes the file whole or not at all. One that a process left behind is replaced.</summary>
    /// <param name="error">Another supervisor runs with this file, or it cannot be written.</param>
    public static bool TryWrite(string path, out PidFile? file, out string? error)
    {
        (file, error) = (null, null);
        if (TryRead(path, out int running, out _) && running != Environment.ProcessId)
        {
            error = $"{path}: process {running} runs already";
            return false;
        }

        string text = Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n";
        string temporary = $"{path}.{Environment.ProcessId}";
        try
        {
            // CREATE_NEW (O_EXCL) does not follow a link that somebody put there; the rename is what makes it whole.
            File.Delete(temporary);
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                stream.Write(System.Text.Encoding.ASCII.GetBytes(text));
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            error = $"the PidFile {path} cannot be written: {fault.Message}";
            return false;
        }

        file = new PidFile(path, text);
        return true;
    }

    /// <summary>Which process the file names, if it runs and is of this program.</summary>
    /// <param name="error">There is no file, or what it names is gone or is another program.</param>
    public static bool TryRead(string path, out int pid, out string? error)
    {
        (pid, error) = (0, null);
        string text;
        try
        {
            text = File.ReadAllText(path).Trim();
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            error = $"{path} does not exist: it is not running";
            return false;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            error = $"{path} cannot be read: {fault.Message}";
            return false;
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number <= 0)
        {
            error = $"{path} holds no process number";
            return false;
        }

        if (CommandOf(number) is not { } command)
        {
            error = $"{path} names process {number}, which has ended";
            return false;
        }

        if (command != CommandOf(Environment.ProcessId))
        {
            error = $"{path} names process {number}, which is another program ({command})";
            return false;
        }

        pid = number;
        return true;
    }

    /// <summary>Removes the file, unless it is another's by now.</summary>
    public void Dispose()
    {
        try
        {
            if (File.ReadAllText(_path) == _text)
            {
                File.Delete(_path);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // It is gone, or its folder is: there is nothing left to remove, and what stays is found stale by the next.
        }
    }

    // The name that the kernel has for it, up to 15 bytes. The executable's path would change when the file is replaced, and a process that has ended but was not waited for has a name too, but state Z.
    private static string? CommandOf(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            int end = stat.LastIndexOf(')');
            return stat[end + 2] is 'Z' or 'X' ? null : stat[(stat.IndexOf('(', StringComparison.Ordinal) + 1)..end];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
