using System.Diagnostics;
using System.Net.Sockets;
using Roundtrip.Peers.Tests;
using Roundtrip.Tests;

namespace Roundtrip.Browser.Tests.Live;

/// <summary>Debian's nginx in front of a server, as it comes: it passes no upgrade on, asks by HTTP/1.0, and buffers what is answered unless the answer says otherwise.</summary>
internal sealed class NginxProcess : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("roundtrip-nginx-").FullName;
    private readonly Process _process;

    /// <param name="to">The server's port.</param>
    /// <param name="line">A further directive.</param>
    public NginxProcess(int to, string line)
    {
        Port = FreePorts.InARow(1);
        string conf = Path.Combine(_folder, "nginx.conf");
        File.WriteAllText(
            conf,
            $$"""
            daemon off;
            pid {{_folder}}/pid;
            error_log {{_folder}}/error.log;
            events { }
            http {
                access_log off;
                server {
                    listen 127.0.0.1:{{Port}};
                    location / {
                        proxy_pass http://127.0.0.1:{{to}};
                        proxy_set_header Host $http_host;
                        {{line}}
                    }
                }
            }
            """);
        _process = Process.Start(Run.StartInfo("/usr/sbin/nginx", ["-c", conf, "-e", $"{_folder}/error.log"]))!;
        for (long giveUp = Environment.TickCount64 + 60_000; !Answers(); Thread.Sleep(20))
        {
            Assert.True(Environment.TickCount64 < giveUp && !_process.HasExited, "nginx does not answer: is it installed (eng/install-peers)?");
        }
    }

    public int Port { get; }

    public void Dispose()
    {
        // In good order, so that its worker ends too.
        Run.Program("kill", "-TERM", $"{_process.Id}");
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private bool Answers()
    {
        try
        {
            using var client = new TcpClient("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
