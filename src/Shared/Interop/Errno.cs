namespace Roundtrip.Interop;

/// <summary>The numbers of Linux's errors, the same on x64 and arm64 (asm-generic/errno.h).</summary>
internal static class Errno
{
    public const int Eperm = 1;
    public const int Enoent = 2;
    public const int Esrch = 3;
    public const int Eintr = 4;
    public const int Ebadf = 9;
    public const int Eagain = 11;
    public const int Enomem = 12;
    public const int Eacces = 13;
    public const int Eexist = 17;
    public const int Enotdir = 20;
    public const int Einval = 22;
    public const int Enfile = 23;
    public const int Emfile = 24;
    public const int Epipe = 32;
    public const int Erange = 34;
    public const int Eloop = 40;
    public const int Emsgsize = 90;
    public const int Eaddrinuse = 98;
    public const int Eaddrnotavail = 99;
    public const int Enetunreach = 101;
    public const int Enobufs = 105;
    public const int Etimedout = 110;
    public const int Econnrefused = 111;
    public const int Ehostunreach = 113;
    public const int Einprogress = 115;
}
