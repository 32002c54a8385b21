namespace Roundtrip.Http;

/// <summary>Work for an exchange that goes on away from its loop: see <see cref="Exchange.Hold"/>.</summary>
public interface IExchangeHold
{
    /// <summary>The work has ended. Called once, on the exchange's loop, perhaps after the exchange and its connection are gone.</summary>
    void Release();
}
