namespace Roundtrip.Site.Wsgi.Dispatch;

/// <summary>Who starts and ends the processes of a pool. It is told on whatever loop something happens, outside the pool's lock, and does not wait.</summary>
internal interface IWorkerPoolObserver
{
    /// <summary>A request waits, and there was none that did.</summary>
    void Wanted();

    /// <summary>A worker was given a request.</summary>
    /// <param name="now">Monotonic milliseconds.</param>
    void Began(Worker worker, long now);

    /// <summary>A worker has answered a request.</summary>
    /// <param name="now">Monotonic milliseconds.</param>
    void Ended(Worker worker, long now);

    /// <summary>A worker that was retired has no request any more, and no loop has a descriptor of its channels.</summary>
    void Drained(Worker worker);

    /// <summary>A request takes longer than request-timeout: its worker is to be ended.</summary>
    void Overdue(Worker worker, long request);

    /// <summary>A channel ended, or what came over it is no frame: the worker is to be ended. It gets no more requests.</summary>
    void Broken(Worker worker, string reason);

    /// <summary>A script is not as it was when requests for it came before: its workers are to be replaced.</summary>
    void Touched(string script);
}
