using Roundtrip.Live.Log;

namespace Roundtrip.Stores.Sqlite;

/// <summary>A hub's rows in memory: they give the next message its place, and say which ids are known.</summary>
/// <param name="Number">The hub's in the tables.</param>
internal sealed record StoredLog(string Name, long Number, LiveLog Log);
