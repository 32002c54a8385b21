using System.Buffers.Text;
namespace Roundtrip.Http.Http2.Hpack;
public sealed class HeaderBlockWriter { internal byte[] B = new byte[65536]; internal int N; public ReadOnlySpan<byte> Block => B.AsSpan(0, N); }
public sealed class HpackEncoder {
  private HeaderBlockWriter _w = null!;
  public void SetPeerLimit(uint l) { }
  public void Begin(HeaderBlockWriter w) { _w = w; w.N = 0; }
  public void Status(int s) { if (s == 200) { _w.B[_w.N++] = 0x88; return; } Span<byte> d = stackalloc byte[3]; Utf8Formatter.TryFormat(s, d, out _); Add(":status"u8, d, Indexing.Without); }
  public void ContentLength(long n) { Span<byte> d = stackalloc byte[20]; Utf8Formatter.TryFormat(n, d, out int c); Add("content-length"u8, d[..c], Indexing.Without); }
  public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, Indexing i) { _w.B[_w.N++] = 0; Str(name, true); Str(value, false); }
  public void Add(FieldBlock b) { foreach (var f in b.Fields) Add(b.At(f.Name), b.At(f.Value), Indexing.Without); }
  public void Add(FieldBuffer b) { foreach (var f in b.Fields) Add(b.At(f.Name), b.At(f.Value), Indexing.Without); }
  private void Str(ReadOnlySpan<byte> s, bool lower) { int n = s.Length; if (n < 127) _w.B[_w.N++] = (byte)n; else { _w.B[_w.N++] = 127; n -= 127; while (n >= 128) { _w.B[_w.N++] = (byte)(n | 128); n >>= 7; } _w.B[_w.N++] = (byte)n; } foreach (byte c in s) _w.B[_w.N++] = lower && c is >= 65 and <= 90 ? (byte)(c + 32) : c; }
}
