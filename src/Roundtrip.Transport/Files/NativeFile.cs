using Roundtrip.Core;
namespace Roundtrip.Transport.Files;
public abstract class NativeFile : FileBody { public int Descriptor { get; } }
