namespace Roundtrip.Site.Tests.LiveHub;

public class MemoryStoreTests : StoreContract
{
    protected override string Store => "LiveStore memory";
}
