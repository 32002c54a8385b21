using Roundtrip.Http;
using Roundtrip.Site.Files;

namespace Roundtrip.Site.Programs;

/// <summary>A handler whose answers a program computes, on one loop. Access has been decided when it is asked.</summary>
internal interface IProgramHandler
{
    /// <summary>Answers a request of any method, now or later.</summary>
    /// <param name="resource">With a <see cref="Resource.Script"/>. Who needs it after the call takes a reference.</param>
    void Answer(Exchange exchange, Resource resource);
}
