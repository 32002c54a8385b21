namespace Roundtrip.Transport;

/// <summary>Something to be done on a loop. An object and not a delegate, so that what is posted often can be posted without allocating.</summary>
public interface ILoopWork
{
    void Run();
}
