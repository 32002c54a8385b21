using System.Globalization;

namespace Roundtrip.Processes;

/// <summary>The numbers of Linux's signals on x64 and arm64.</summary>
public static class SignalNumber
{
    public const int Hangup = 1;
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int User1 = 10;
    public const int Terminate = 15;
    public const int WindowChange = 28;

    private static readonly string[] Names =
    [
        "0", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM",
    ];

    internal static string NameOf(int signal) =>
        signal >= 0 && signal < Names.Length ? Names[signal]
        : signal == WindowChange ? "SIGWINCH"
        : signal == 31 ? "SIGSYS"
        : signal.ToString(CultureInfo.InvariantCulture);
}
