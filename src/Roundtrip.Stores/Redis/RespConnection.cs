using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Roundtrip.Live.Stores;

namespace Roundtrip.Stores.Redis;

/// <summary>
/// A connection to a Redis server, for one thread, which waits. Commands are written, then sent all at once, then as many replies read.
/// </summary>
internal sealed class RespConnection : IDisposable
{
    private const int ConnectTimeout = 3000;

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly MemoryStream _output = new();
    private readonly Stream _stream;
    private readonly RespReader _reader;

    /// <param name="timeout">Milliseconds that the server may be silent when it should answer.</param>
    /// <exception cref="RedisException">There is none; the message says why.</exception>
    public RespConnection(StoreAddress address, int timeout)
    {
        try
        {
            using var patience = new CancellationTokenSource(ConnectTimeout);
            _socket.ConnectAsync(address.Host, address.Port, patience.Token).AsTask().GetAwaiter().GetResult();
            (_socket.ReceiveTimeout, _socket.SendTimeout) = (timeout, timeout);
            _stream = Protect(new NetworkStream(_socket, ownsSocket: false), address);
            _reader = new RespReader(new BufferedStream(_stream, 64 * 1024));
            if (address.Password.Length > 0)
            {
                Write(address.User.Length > 0 ? ["AUTH", address.User, address.Password] : ["AUTH", address.Password]);
                Call();
            }

            Write(["SELECT", address.Database.ToString(CultureInfo.InvariantCulture)]);
            Call();
        }
        catch (Exception fault)
        {
            _socket.Dispose();
            throw fault is OperationCanceledException ? new RedisException("no answer to a connection") : Explain(fault) ?? fault;
        }
    }

    /// <summary>Whether the server has closed it, or said what nobody asked for.</summary>
    public bool IsBroken => _socket.Poll(0, SelectMode.SelectRead);

    public void Write(params ReadOnlySpan<string> words)
    {
        Begin(words.Length);
        foreach (string word in words)
        {
            Add(Encoding.UTF8.GetBytes(word));
        }
    }

    /// <summary>Begins a command of so many words, each of which is given to <see cref="Add"/>.</summary>
    public void Begin(int words) => _output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"*{words}\r\n")));

    public void Add(ReadOnlySpan<byte> word)
    {
        _output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"${word.Length}\r\n")));
        _output.Write(word);
        _output.Write("\r\n"u8);
    }

    /// <summary>Sends what was written.</summary>
    /// <exception cref="RedisException">It cannot be sent.</exception>
    public void Send()
    {
        try
        {
            _stream.Write(_output.GetBuffer().AsSpan(0, (int)_output.Length));
            _output.SetLength(0);
        }
        catch (Exception fault) when (Explain(fault) is { } explained)
        {
            throw explained;
        }
    }

    /// <summary>The next reply, which may be an error.</summary>
    /// <exception cref="RedisException">There is none.</exception>
    public RespValue Read()
    {
        try
        {
            return _reader.Read();
        }
        catch (Exception fault) when (Explain(fault) is { } explained)
        {
            throw explained;
        }
    }

    /// <summary>Sends what was written, and gives its one reply.</summary>
    /// <exception cref="RedisException">There is none, or it is an error.</exception>
    public RespValue Call()
    {
        Send();
        return Read().Checked();
    }

    /// <summary>The same for a command of words.</summary>
    public RespValue Call(params ReadOnlySpan<string> words)
    {
        Write(words);
        return Call();
    }

    public void Dispose()
    {
        _socket.Dispose();
        _output.Dispose();
    }

    // RFC 9525: its certificate has the name or address that the configuration says, and comes from an authority that is trusted.
    private static Stream Protect(NetworkStream stream, StoreAddress address)
    {
        if (!address.IsTls)
        {
            return stream;
        }

        var options = new SslClientAuthenticationOptions { TargetHost = address.Host };
        if (address.Authorities.Length > 0)
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(address.Authorities);
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        if (address.Certificate.Length > 0)
        {
            X509Certificate2Collection between = [];
            between.ImportFromPem(address.Certificate);
            options.ClientCertificateContext = SslStreamCertificateContext.Create(X509Certificate2.CreateFromPem(address.Certificate, address.Key), between, offline: true);
        }

        var tls = new SslStream(stream);
        tls.AuthenticateAsClient(options);
        return tls;
    }

    private static RedisException? Explain(Exception fault) => fault switch
    {
        RedisException known => known,
        AuthenticationException or CryptographicException => new RedisException($"its TLS is not to be trusted: {fault.Message}", fault),
        EndOfStreamException => new RedisException("it has closed the connection", fault),
        IOException { InnerException: SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.WouldBlock } } => new RedisException("it does not answer", fault),
        IOException or SocketException or ObjectDisposedException => new RedisException(fault.Message, fault),
        _ => null,
    };
}
