using System.Globalization;
using System.Text;
using Roundtrip.Processes.Control;
using Roundtrip.Processes.Descriptors;
using Roundtrip.Processes.Spawning;
using Roundtrip.Processes.Users;

namespace Roundtrip.Processes.Supervision;

/// <summary>What the supervisor tells its server.</summary>
public abstract record SupervisorOrder
{
    private SupervisorOrder()
    {
    }

    /// <summary>A configuration to serve. Answer with <see cref="SupervisedServer.Acknowledge"/> once nothing writes to the descriptors of the one before, or with <see cref="SupervisedServer.Refuse"/>.</summary>
    /// <param name="Descriptors">In the generation's order; the server's to close.</param>
    public sealed record Serve(uint Number, ReadOnlyMemory<byte> Payload, IReadOnlyList<NamedDescriptor> Descriptors) : SupervisorOrder;

    /// <summary>End now.</summary>
    public sealed record Stop : SupervisorOrder;

    /// <summary>Take no connections any more, finish those that are there, end.</summary>
    public sealed record GracefulStop : SupervisorOrder;

    /// <summary>A program that was asked for runs.</summary>
    /// <param name="Pid">The number of its process; of the program that becomes it, where it runs as another user.</param>
    /// <param name="Socket">Its socket, where it has one.</param>
    /// <param name="Output">Where what it writes is read, where it has a pipe.</param>
    public sealed record Started(uint Token, int Pid, OwnedDescriptor? Socket, OwnedDescriptor? Output) : SupervisorOrder;

    /// <summary>A program that was asked for was not started; the supervisor's log says why.</summary>
    public sealed record StartRefused(uint Token) : SupervisorOrder;

    /// <summary>A program that was started has ended.</summary>
    public sealed record ProgramEnded(uint Token, ExitStatus Status) : SupervisorOrder;
}

/// <summary>
/// The server's side: <see cref="Enter"/> first thing in Main, then poll <see cref="Socket"/> and <see cref="TryReceive(out SupervisorOrder?, out string?)"/>. When the supervisor is gone
/// (<see cref="ControlResult.Closed"/>) the server ends: there is no other sign of it.
/// </summary>
public sealed class SupervisedServer : IDisposable
{
    internal const string ControlVariable = "ROUNDTRIP_CONTROL";
    internal const string IdentityVariable = "ROUNDTRIP_IDENTITY";
    internal const string VersionVariable = "ROUNDTRIP_VERSION";

    private static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(10);

    private readonly ControlChannel _channel;
    private readonly Lock _sending = new();

    private SupervisedServer(ControlChannel channel) => _channel = channel;

    /// <summary>Whether a supervisor started this process.</summary>
    public static bool IsSupervised => Environment.GetEnvironmentVariable(ControlVariable) is not null;

    /// <summary>Readable when there is an order.</summary>
    public OwnedDescriptor Socket => _channel.Socket;

    /// <summary>Gives up root's rights and takes the control channel.</summary>
    /// <param name="version">This build; another one than the supervisor's cannot know its messages.</param>
    /// <exception cref="ProcessException">The rights could not be given up, or the supervisor is of another version. The process must end.</exception>
    public static SupervisedServer Enter(string version)
    {
        string? identity = Take(IdentityVariable);
        string? control = Take(ControlVariable);
        string? supervisor = Take(VersionVariable);
        if (identity is not null)
        {
            Privileges.Drop(Identity.TryParse(identity, out Identity? wanted) ? wanted! : throw new ProcessException($"{IdentityVariable} is {identity}"));
        }

        if (supervisor != version)
        {
            throw new ProcessException($"the program is {version} now, its supervisor is {supervisor} still: restart the service");
        }

        return int.TryParse(control, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? new SupervisedServer(ControlChannel.Over(OwnedDescriptor.Own(number)))
            : throw new ProcessException($"{ControlVariable} is {control}");
    }

    /// <summary>The next order, if there is one. Does not wait.</summary>
    public ControlResult TryReceive(out SupervisorOrder? order, out string? error) =>
        Read(_channel.TryReceive(ServerProtocol.FromSupervisor, out ControlMessage? message, out error), message, out order, ref error);

    /// <summary>The next order, waited for.</summary>
    public ControlResult TryReceive(TimeSpan limit, out SupervisorOrder? order, out string? error) =>
        Read(_channel.TryReceive(ServerProtocol.FromSupervisor, limit, out ControlMessage? message, out error), message, out order, ref error);

    /// <summary>This generation is served, and nothing is written to the descriptors of the one before.</summary>
    public bool Acknowledge(uint number) => Send(ServerProtocol.Acknowledged, ServerProtocol.Numbers(number));

    /// <summary>This generation cannot be served; the one before still is.</summary>
    public bool Refuse(uint number, string reason)
    {
        const int Longest = 1000;
        byte[] text = Encoding.UTF8.GetBytes(reason);
        return Send(ServerProtocol.Refused, [.. ServerProtocol.Numbers(number), .. text.AsSpan(0, Math.Min(text.Length, Longest))]);
    }

    /// <summary>Asks for a program of the generation. <see cref="SupervisorOrder.Started"/> or <see cref="SupervisorOrder.StartRefused"/> brings the token back.</summary>
    public bool Start(uint generation, uint index, uint token) => Send(ServerProtocol.Start, ServerProtocol.Numbers(generation, index, token));

    /// <summary>Sends a signal to a program that this server has asked for: SIGUSR2, SIGTERM or SIGKILL. One that has ended is left in peace.</summary>
    public bool Kill(uint token, int signal) => Send(ServerProtocol.Kill, ServerProtocol.Numbers(token, (uint)signal));

    public void Dispose() => _channel.Dispose();

    private static ControlResult Read(ControlResult result, ControlMessage? message, out SupervisorOrder? order, ref string? error)
    {
        order = null;
        if (result != ControlResult.Message)
        {
            return result;
        }

        order = Parse(message!);
        if (order is null)
        {
            message!.Dispose();
            error = $"the supervisor's message {message.Kind} cannot be read";
            return ControlResult.Invalid;
        }

        return result;
    }

    private static SupervisorOrder? Parse(ControlMessage message)
    {
        ReadOnlySpan<byte> payload = message.Payload.Span;
        bool hasToken = ServerProtocol.TryNumber(payload, 0, out uint token);
        return message.Kind switch
        {
            ServerProtocol.Generation => ParseGeneration(message),
            ServerProtocol.Stop => new SupervisorOrder.Stop(),
            ServerProtocol.GracefulStop => new SupervisorOrder.GracefulStop(),
            ServerProtocol.Started when ServerProtocol.TryNumber(payload, 1, out uint pid) && ServerProtocol.TryNumber(payload, 2, out uint with) => new SupervisorOrder.Started(
                token,
                (int)pid,
                (with & ServerProtocol.WithSocket) != 0 && message.Descriptors is [var socket, ..] ? socket : null,
                (with & ServerProtocol.WithOutput) != 0 && message.Descriptors is [.., var output] ? output : null),
            ServerProtocol.StartRefused when hasToken => new SupervisorOrder.StartRefused(token),
            ServerProtocol.Exited when ServerProtocol.TryNumber(payload, 1, out uint code) && ServerProtocol.TryNumber(payload, 2, out uint signal) =>
                new SupervisorOrder.ProgramEnded(token, new ExitStatus((int)code, (int)signal, HasCore: false)),
            _ => null,
        };
    }

    private static SupervisorOrder.Serve? ParseGeneration(ControlMessage message) =>
        ServerProtocol.TryReadGeneration(message.Payload, out uint number, out List<string> names, out ReadOnlyMemory<byte> payload) && names.Count == message.Descriptors.Count
            ? new SupervisorOrder.Serve(number, payload, [.. names.Select((name, i) => new NamedDescriptor(name, message.Descriptors[i], IsKept: false))])
            : null;

    private bool Send(byte kind, byte[] payload)
    {
        lock (_sending)
        {
            return _channel.TrySend(kind, payload, [], SendLimit, out _);
        }
    }

    private static string? Take(string variable)
    {
        string? value = Environment.GetEnvironmentVariable(variable);
        Environment.SetEnvironmentVariable(variable, null);
        return value;
    }
}
