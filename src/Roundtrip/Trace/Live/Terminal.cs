using System.Text;

namespace Roundtrip.Program;

/// <summary>The terminal's other screen (xterm's control sequences), while it is ours.</summary>
internal sealed class Terminal : IDisposable
{
    // DECSET 1049: another screen, which leaves the one before as it was; 25: the cursor; 2026: what stands between begin and end is shown at once.
    private const string Enter = "\e[?1049h\e[?25l\e[2J";
    private const string Leave = "\e[?25h\e[?1049l";
    private const string BeginFrame = "\e[?2026h\e[H";
    private const string EndFrame = "\e[J\e[?2026l";
    private const string EndLine = "\e[K";

    private readonly Stream _output = Console.OpenStandardOutput();
    private string _shown = "";

    public Terminal() => Write(Enter);

    /// <summary>Whether standard output is a terminal that understands control sequences.</summary>
    public static bool IsThere => !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    /// <summary>Whether it has more characters than ASCII's.</summary>
    public static bool IsUnicode => Console.OutputEncoding.CodePage == Encoding.UTF8.CodePage;

    /// <summary>Columns and lines.</summary>
    public static (int Width, int Height) Size => (Math.Max(Console.WindowWidth, 1), Math.Max(Console.WindowHeight, 1));

    /// <summary>Takes a key, if there is somebody who can press one.</summary>
    public static char? TakeKey() => !Console.IsInputRedirected && Console.KeyAvailable ? Console.ReadKey(intercept: true).KeyChar : null;

    /// <summary>Shows these lines in place of those before.</summary>
    public void Show(IEnumerable<string> lines)
    {
        string frame = string.Join("\r\n", lines.Select(line => line + EndLine));
        if (frame != _shown)
        {
            _shown = frame;
            Write(BeginFrame + frame + EndFrame);
        }
    }

    public void Dispose()
    {
        Write(Leave);
        _output.Dispose();
    }

    private void Write(string text) => _output.Write(Console.OutputEncoding.GetBytes(text));
}
