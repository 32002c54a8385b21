namespace Roundtrip.Processes.Interop;

/// <summary>The numbers of Linux's errors, the same on x64 and arm64 (asm-generic/errno.h).</summary>
internal static class Errno
{
    public const int Eperm = 1;
    public const int Enoent = 2;
    public const int Esrch = 3;
    public const int Eintr = 4;
    public const int Ebadf = 9;
    public const int Eagain = 11;
    public const int Eexist = 17;
    public const int Enotdir = 20;
    public const int Einval = 22;
    public const int Erange = 34;
    public const int Etimedout = 110;
}
