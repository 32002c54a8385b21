namespace Roundtrip.Transport;

/// <summary>A connection that is being made.</summary>
public interface IPendingConnection
{
    /// <summary>Gives it up: nobody is told. Not once the observer was.</summary>
    void Cancel();
}
