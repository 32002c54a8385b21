namespace Roundtrip.Live.Stores;

/// <summary>Who waits for the outcome of a publication. Called once, on any thread.</summary>
public interface ILiveReceipt
{
    /// <summary>It is stored: whatever dies now, it is not lost.</summary>
    /// <param name="id">By what subscribers know it.</param>
    void Stored(string id);

    /// <summary>It is not known to be stored. It may be all the same where the answer of the store was lost, so a publisher asks again with an id of its own.</summary>
    void Failed();
}
