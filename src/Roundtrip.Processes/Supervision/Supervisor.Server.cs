using System.Globalization;
using System.Text;
using Roundtrip.Processes.Control;
using Roundtrip.Processes.Descriptors;
using Roundtrip.Processes.Spawning;

namespace Roundtrip.Processes.Supervision;

/// <summary>Starting the server, and what it says.</summary>
public sealed partial class Supervisor
{
    // So that a server that talks without end does not keep signals and other children waiting.
    private const int MessagesAtATime = 16;

    // A sound server asks for what exists; one that goes on asking for what does not is not ours any more, and would fill the log.
    private const int MaximumRefusals = 100;

    private void Spawn()
    {
        _refusals = 0;
        _server = ServerProcess.TryStart(_live[^1].Generation.Server, _options.Version, out SystemError? error);
        if (_server is null)
        {
            _options.Log($"the server cannot be started: {error}");
            On(SupervisorEvent.Exited);
            return;
        }

        SendGeneration();
    }

    private void SendGeneration() =>
        Send(ServerProtocol.Generation, _live[^1].Message(), [.. _live[^1].Generation.Descriptors.Select(named => named.Descriptor)]);

    private void Send(byte kind, byte[] payload, IReadOnlyList<OwnedDescriptor> descriptors)
    {
        // Where the channel is broken because the server is ending, its exit follows and says why.
        if (_server?.Channel is not null && !_server.TrySend(kind, payload, descriptors, out SystemError? error))
        {
            _options.Log($"the server (process {_server.Child.Pid}) cannot be told anything: {error}");
            _server.CloseChannel();
            On(SupervisorEvent.ChannelClosed);
        }
    }

    private void HandleServer()
    {
        // Asked first, and then read to the end: what it said before it ended comes first.
        ExitStatus status = default;
        bool hasEnded = _server is not null && _server.Child.TryReap(out status);
        for (int i = 0; (i < MessagesAtATime || hasEnded) && _server?.Channel is { } channel; i++)
        {
            ControlResult result = channel.TryReceive(ServerProtocol.FromServer, out ControlMessage? message, out string? error);
            if (result == ControlResult.Nothing)
            {
                break;
            }

            using (message)
            {
                error = result == ControlResult.Message ? HandleMessage(message!) : error;
            }

            if (result == ControlResult.Closed)
            {
                _server.CloseChannel();
                if (!hasEnded)
                {
                    On(SupervisorEvent.ChannelClosed);
                }
            }
            else if (error is not null)
            {
                _options.Log($"the server (process {_server.Child.Pid}) broke the rules and is killed: {error}");
                _server.CloseChannel();
                On(SupervisorEvent.Misbehaved);
            }
        }

        if (hasEnded)
        {
            Bury(status);
        }
    }

    // Returns what is wrong with the message, if it is of a kind that only a server gone mad sends.
    private string? HandleMessage(ControlMessage message)
    {
        ReadOnlySpan<byte> payload = message.Payload.Span;
        if (message.Kind == ServerProtocol.Kill)
        {
            return ServerProtocol.TryNumber(payload, 0, out uint killed) && ServerProtocol.TryNumber(payload, 1, out uint signal)
                ? _running.Kill(killed, signal)
                : "a kill without its numbers";
        }

        if (!ServerProtocol.TryNumber(payload, 0, out uint number) || number > _lastNumber)
        {
            return $"message {message.Kind} about a generation that it was not sent";
        }

        switch (message.Kind)
        {
            case ServerProtocol.Acknowledged:
                Acknowledge(number);
                return null;
            case ServerProtocol.Refused:
                _options.Log($"the server refused generation {number}: {Printable(payload[sizeof(uint)..])}");
                if (number == _live[^1].Number)
                {
                    On(SupervisorEvent.Refused);
                }

                return null;
            default:
                return ServerProtocol.TryNumber(payload, 1, out uint index) && ServerProtocol.TryNumber(payload, 2, out uint token)
                    ? Start(number, index, token)
                    : "a start without its numbers";
        }
    }

    private void Acknowledge(uint number)
    {
        if (number == _live[^1].Number)
        {
            On(SupervisorEvent.Acknowledged);
        }
        else if (number > _confirmed && _live.Any(live => live.Number == number))
        {
            // It serves this one, though a newer one is on its way.
            Confirm(number);
        }
    }

    private string? Start(uint generation, uint index, uint token)
    {
        StartResult result = _state.TakesGenerations ? _running.TryStart(_live, generation, index, token) : StartResult.Refused("any more: it is to stop");
        using (result)
        {
            if (result.Fault is null)
            {
                uint with = (result.Socket is null ? 0 : ServerProtocol.WithSocket) | (result.Output is null ? 0 : ServerProtocol.WithOutput);
                Send(ServerProtocol.Started, ServerProtocol.Numbers(token, (uint)result.Pid, with), [.. new[] { result.Socket, result.Output }.OfType<OwnedDescriptor>()]);
                return null;
            }

            _options.Log($"the server asked for a program that is not started: {result.Fault}");
            Send(ServerProtocol.StartRefused, ServerProtocol.Numbers(token), []);
            return result.IsRefused && ++_refusals > MaximumRefusals ? $"{MaximumRefusals} programs were refused" : null;
        }
    }

    private void TellExit(uint token, ExitStatus status) =>
        Send(ServerProtocol.Exited, ServerProtocol.Numbers(token, (uint)status.Code, (uint)status.Signal), []);

    private void Bury(ExitStatus status)
    {
        int pid = _server!.Child.Pid;
        _server.Dispose();
        _server = null;
        _running.Abandon(Environment.TickCount64);
        bool isAskedFor = _state.Phase is SupervisorPhase.Stopping or SupervisorPhase.StoppingGracefully;
        On(SupervisorEvent.Exited);
        if (!isAskedFor || !status.IsSuccess)
        {
            string next = _state.Phase == SupervisorPhase.BackingOff
                ? string.Create(CultureInfo.InvariantCulture, $"; it is started again in {Math.Max(_state.NextDeadline - Environment.TickCount64, 0)} ms")
                : "";
            _options.Log($"the server (process {pid}) ended with {status}{next}");
        }
    }

    private void ReportDeadline()
    {
        string? late = _state.Phase switch
        {
            SupervisorPhase.Starting or SupervisorPhase.Reloading => $"has not acknowledged generation {_live[^1].Number} in {_options.Times.Acknowledgement} ms",
            SupervisorPhase.Stopping => $"has not stopped in {_options.Times.Stop} ms",
            SupervisorPhase.StoppingGracefully => $"has not stopped in {_options.Times.GracefulStop} ms",
            SupervisorPhase.Leaving => $"has closed its channel and not ended in {_options.Times.Leave} ms",
            _ => null,
        };
        if (late is not null)
        {
            _options.Log($"the server (process {_server?.Child.Pid}) {late} and is killed");
        }
    }

    // What a server without rights says goes into a log that an administrator reads in a terminal.
    private static string Printable(ReadOnlySpan<byte> text) =>
        string.Concat(Encoding.UTF8.GetString(text).Select(c => char.IsControl(c) ? '?' : c));
}
