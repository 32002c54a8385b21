using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Transport;

namespace Roundtrip.Server;

// Sending: as much as the client and the budget allow, watched so that a client that takes nothing, or next to nothing, is let go.
internal sealed partial class ServerConnection
{
    /// <returns>False when the connection is no more.</returns>
    private bool Send()
    {
        for (long budget = WriteBudget; budget > 0 && !_isWarming;)
        {
            if (_engine!.Closing == ConnectionClose.Reset)
            {
                End(ConnectionClose.Reset);
                return false;
            }

            Produce();
            if (_output is null or { IsEmpty: true })
            {
                return true;
            }

            long asked = Math.Min(_output.Length, budget);
            IoResult result = transport.Write(_output, budget);
            if (result.Status == IoStatus.Failed)
            {
                Fail(result.Reason);
                return false;
            }

            if (result.Status == IoStatus.FileNotInMemory)
            {
                if (_warmings++ == MaximumWarmings)
                {
                    Fail(EndReason.ResponseSourceFailed);
                    return false;
                }

                Warm();
                return true;
            }

            _warmings = 0;
            budget -= result.Count;
            _sent += result.Count;
            if (result.Count > 0 && _output.Length <= IConnectionEngine.LowWater)
            {
                _engine.Drained(Now);
            }

            if (result.Count < asked)
            {
                return true;
            }
        }

        return true;
    }

    // An engine that keeps content back is asked for as much as the network takes up now, so that what it decides next is not behind what it decided long ago.
    private void Produce()
    {
        _isHeldBack = false;
        long waiting = _engine!.Waiting;
        if (waiting == 0)
        {
            return;
        }

        // Little is not worth asking the system about.
        int room = waiting <= LittleOutput ? LittleOutput : transport.SendRoom;
        if (room <= 0)
        {
            _isHeldBack = true;
        }
        else if (OutputLength < room)
        {
            _engine.Produce(Now, room);
        }
    }

    private void WatchProgress(bool isSent)
    {
        if (isSent || _isWarming)
        {
            _lookAgainAt = Deadline.None;
        }
        else if (_lookAgainAt == Deadline.None)
        {
            _sentAtLastLook = _sent;
            _lookAgainAt = Now + Limits.Timeout;
        }
    }

    // The client took something since the last look, and enough of it: else why not. Counted in bytes taken, so that taking one byte at a time gains nothing.
    private EndReason StallReason()
    {
        long taken = _sent - _sentAtLastLook;
        if (taken == 0)
        {
            return EndReason.ResponseStalled;
        }

        if (taken * 1000 < (long)Limits.ResponseMinRate * Limits.Timeout)
        {
            return EndReason.ResponseTooSlow;
        }

        _lookAgainAt = Deadline.None;
        return EndReason.None;
    }

    // The next bytes of the file are on disk: a thread that may wait fetches them, and the connection goes on when they are in memory.
    private void Warm()
    {
        ref readonly OutputSegment segment = ref _output!.Segments[0];
        _isWarming = true;
        ThreadPool.UnsafeQueueUserWorkItem(new FileWarming(server.Loop, segment.File!, segment.Offset, segment.Length, this), preferLocal: false);
    }

    private void Warmed()
    {
        _isWarming = false;
        Call(static _ => { });
    }

    private sealed class FileWarming(EventLoop loop, FileBody file, long offset, long length, ServerConnection connection) : IThreadPoolWorkItem, ILoopWork
    {
        // As much as is fetched in one go: a few turns of a fast connection.
        private const long Stretch = 1024 * 1024;

        private readonly FileBody _file = Referenced(file);

        public void Execute()
        {
            _file.Warm(offset, Math.Min(length, Stretch));
            loop.Post(this);
        }

        public void Run()
        {
            _file.ReleaseReference();
            connection.Warmed();
        }

        private static FileBody Referenced(FileBody file)
        {
            file.AddReference();
            return file;
        }
    }
}
