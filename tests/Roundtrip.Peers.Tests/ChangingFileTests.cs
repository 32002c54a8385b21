using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Roundtrip.Peers.Tests;

/// <summary>A file that changes while a slow client takes it: what the client holds for the whole is one state of the file, or is cut.</summary>
public class ChangingFileTests
{
    private const int Length = 24 << 20;

    [Theory]
    [InlineData("rewritten", false)]
    [InlineData("rewritten", true)]
    [InlineData("truncated", false)]
    [InlineData("truncated", true)]
    [InlineData("appended to", false)]
    [InlineData("appended to", true)]
    public void One_that_is_changed_in_its_place_is_cut(string how, bool secure)
    {
        using var folder = new TemporaryFolder();
        folder.Write("f.bin", Filled('a'));
        using var server = new RoundtripProcess(folder.Path);

        // What was sent before the server looked again is of the file as it was, or as it became: the client must not take that for the whole.
        (_, int received) = Download(server, secure, () => Change(Path.Combine(folder.Path, "f.bin"), how));

        Assert.InRange(received, 1, Length - 1);
        server.UntilLogged("the file changed while it was sent");
    }

    [Theory]
    [InlineData("replaced", false)]
    [InlineData("replaced", true)]
    [InlineData("removed", false)]
    [InlineData("removed", true)]
    public void One_that_another_takes_the_place_of_is_sent_to_its_end(string how, bool secure)
    {
        using var folder = new TemporaryFolder();
        folder.Write("f.bin", Filled('a'));
        folder.Write("next.bin", Filled('b'));
        using var server = new RoundtripProcess(folder.Path);

        (string kinds, int received) = Download(server, secure, () => Change(Path.Combine(folder.Path, "f.bin"), how));

        Assert.Equal(("a", Length), (kinds, received));
    }

    private static byte[] Filled(char content)
    {
        byte[] bytes = new byte[Length];
        bytes.AsSpan().Fill((byte)content);
        return bytes;
    }

    private static void Change(string file, string how)
    {
        switch (how)
        {
            case "rewritten":
                using (FileStream stream = File.OpenWrite(file))
                {
                    stream.Write(Filled('b'));
                }

                break;
            case "truncated":
                using (FileStream stream = File.OpenWrite(file))
                {
                    stream.SetLength(Length / 2);
                }

                break;
            case "appended to":
                File.AppendAllText(file, "more");
                break;
            case "replaced":
                File.Move(Path.Combine(Path.GetDirectoryName(file)!, "next.bin"), file, overwrite: true);
                break;
            default:
                File.Delete(file);
                break;
        }
    }

    /// <summary>Takes the beginning of the file, has it changed, and takes the rest.</summary>
    /// <returns>Which bytes came, each once, and how many of the content.</returns>
    private static (string Kinds, int Received) Download(RoundtripProcess server, bool secure, Action change)
    {
        using var client = new RawClient(secure ? server.HttpsPort : server.HttpPort, receiveBuffer: 16 * 1024);
        string thumbprint = X509CertificateLoader.LoadCertificateFromFile(server.CertificateFile).Thumbprint;
        using Stream stream = secure
            ? new SslStream(new NetworkStream(client.Socket), leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate!.GetCertHashString() == thumbprint)
            : new NetworkStream(client.Socket);
        (stream as SslStream)?.AuthenticateAsClient("localhost");
        stream.Write("GET /f.bin HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8);
        byte[] buffer = new byte[64 * 1024];
        int length = stream.Read(buffer), head;
        while ((head = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8)) < 0)
        {
            length += stream.Read(buffer.AsSpan(length));
        }

        Assert.StartsWith("HTTP/1.1 200 ", Encoding.ASCII.GetString(buffer, 0, head), StringComparison.Ordinal);
        Assert.Contains($"Content-Length: {Length}\r\n", Encoding.ASCII.GetString(buffer, 0, head + 4), StringComparison.Ordinal);
        int received = length - head - 4;
        var kinds = new SortedSet<char>(Encoding.Latin1.GetString(buffer, head + 4, received));
        change();
        try
        {
            while ((length = stream.Read(buffer)) > 0)
            {
                received += length;
                kinds.UnionWith(Encoding.Latin1.GetString(buffer, 0, length));
            }
        }
        catch (IOException)
        {
            // Cut, which is one way to say that it is not whole.
        }

        return (string.Concat(kinds), received);
    }
}
