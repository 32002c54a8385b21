using Roundtrip.Server;

namespace Roundtrip.Site.Wsgi.Dispatch;

/// <summary>Which log the lines of a request go to: of the last few thousand, since what a worker writes comes by another way than its answer. Thread-safe, without a lock.</summary>
internal sealed class RequestLogs
{
    private const int Count = 4096;

    private readonly long[] _requests = new long[Count];
    private readonly ErrorLog?[] _logs = new ErrorLog?[Count];

    public void Add(long request, ErrorLog log)
    {
        int place = (int)(request & (Count - 1));
        Volatile.Write(ref _requests[place], 0);
        Volatile.Write(ref _logs[place], log);
        Volatile.Write(ref _requests[place], request);
    }

    public ErrorLog? Find(long request)
    {
        int place = (int)(request & (Count - 1));
        ErrorLog? log = Volatile.Read(ref _requests[place]) == request ? Volatile.Read(ref _logs[place]) : null;
        return Volatile.Read(ref _requests[place]) == request ? log : null;
    }
}
