namespace Roundtrip.Http.Http2;

/// <summary>Work for a stream's exchange away from the loop. When its request is cancelled it keeps the stream's place among those that the client may have open.</summary>
internal sealed class StreamHold(Http2ServerConnection connection) : IExchangeHold
{
    private bool _isReleased;
    private bool _keepsPlace;

    /// <summary>The stream was cut, and its place is not free before the work has ended.</summary>
    public void KeepPlace()
    {
        if (!_isReleased)
        {
            _keepsPlace = true;
            connection.HeldPlaces++;
        }
    }

    public void Release()
    {
        _isReleased = true;
        if (_keepsPlace)
        {
            _keepsPlace = false;
            connection.HeldPlaces--;
        }
    }
}
