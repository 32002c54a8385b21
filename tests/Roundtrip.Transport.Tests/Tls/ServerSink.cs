using Roundtrip.Core;

namespace Roundtrip.Transport.Tests.Tls;

/// <summary>An application above a connection: keeps what it reads, sends what is put into its queue, echoes when told.</summary>
internal sealed class ServerSink : IConnectionSink
{
    private readonly TransportConnection _connection;
    private readonly byte[] _buffer;

    public ServerSink(TransportConnection connection, BufferPool pool, int bufferSize = 16 * 1024)
    {
        _connection = connection;
        _buffer = new byte[bufferSize];
        Output = new OutputQueue(pool);
        connection.Sink = this;
    }

    public OutputQueue Output { get; }

    public MemoryStream Received { get; } = new();

    public bool Echo { get; init; }

    public bool SawEnd { get; private set; }

    public EndReason Aborted { get; private set; }

    public IoResult Last { get; private set; }

    public int ReadableCalls { get; private set; }

    public bool IsPaused { get; set; }

    public bool CloseAtEnd { get; init; }

    public void OnReadable()
    {
        ReadableCalls++;
        Last = _connection.Read(_buffer);
        switch (Last.Status)
        {
            case IoStatus.Done:
                if (Echo)
                {
                    Output.Write(_buffer.AsSpan(0, (int)Last.Count));
                }
                else
                {
                    Received.Write(_buffer, 0, (int)Last.Count);
                }

                Send();
                break;
            case IoStatus.End:
                SawEnd = true;
                if (CloseAtEnd && Output.IsEmpty)
                {
                    _connection.Close();
                    return;
                }

                break;
            case IoStatus.Failed:
                Aborted = Last.Reason;
                _connection.Close();
                return;
        }

        Ask();
    }

    public void OnWritable() => Send();

    public void OnAborted(EndReason reason)
    {
        Aborted = reason;
        _connection.Close();
    }

    public void Send()
    {
        while (!Output.IsEmpty)
        {
            IoResult result = _connection.Write(Output, 64 * 1024);
            if (result.Status != IoStatus.Done)
            {
                if (result.Status != IoStatus.WouldBlock)
                {
                    Last = result;
                    Aborted = result.Reason;
                }

                break;
            }
        }

        Ask();
    }

    // Like a driver: no more is read while much waits to be written.
    public void Ask() => _connection.SetInterest(!SawEnd && !IsPaused && Output.Length < 128 * 1024, !Output.IsEmpty);
}
