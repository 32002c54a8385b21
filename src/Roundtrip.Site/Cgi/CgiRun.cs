using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Processes;
using Roundtrip.Processes.Descriptors;
using Roundtrip.Processes.Spawning;
using Roundtrip.Server;
using Roundtrip.Site.Files;
using Roundtrip.Site.Serving;
using Roundtrip.Transport;

namespace Roundtrip.Site.Cgi;

/// <summary>
/// One script that runs: started on the thread pool when MaxRequestWorkers leaves room, its three pipes and its end watched by the loop. Its place is free when the process has ended, whatever
/// became of the client.
/// </summary>
internal sealed partial class CgiRun : IExchangeHandler, IThreadPoolWorkItem, ILoopWork, IDescriptorSink
{
    // mod_cgi gives a script as long to end when its answer is complete, or its client has left, before it is killed; in milliseconds.
    private const int Grace = 3_000;

    private readonly CgiHandler _handler;
    private readonly Resource _resource;
    private readonly RequestWorkers _workers;
    private readonly LinkedListNode<IThreadPoolWorkItem> _place;
    private readonly ChildStart _start;
    private readonly IExchangeHold? _hold;
    private readonly LoopSite _loopHold;
    private readonly CgiTimer _timer;
    private readonly long _patience;

    // Null once the client has left or has its answer.
    private Exchange? _exchange;
    private ChildProcess? _child;
    private string _fault = "";
    private OwnedDescriptor? _theirInput, _theirOutput, _theirErrors;
    private WatchedDescriptor? _input, _output, _errors, _end;
    private Ending _ending;
    private bool _hasExited;
    private bool _isUnwanted;
    private bool _isOver;

    private CgiRun(CgiHandler handler, Exchange exchange, Resource resource, ChildStart start)
    {
        (_handler, _exchange, _resource, _start) = (handler, exchange, resource, start);
        _workers = RequestWorkers.Of(exchange);
        _place = new LinkedListNode<IThreadPoolWorkItem>(this);
        _timer = new CgiTimer(this);
        TimeSpan said = About.Settings.Get(CgiSettings.ScriptTimeout);
        _patience = said > TimeSpan.Zero ? (long)said.TotalMilliseconds : About.Host.Limits.Timeout;
        _hold = exchange.Hold();
        _loopHold = LoopSite.HoldLoop(exchange);

        // An error document and a local redirect are asked for by GET: the content was another script's.
        _isBodyOver = !exchange.HasBody || (exchange.Context as RequestFacts)?.Original is not null;
        resource.AddReference();
    }

    public string Name => "cgi";

    private ResourceAbout About => _resource.About;

    private EventLoop Loop => _handler.Site.Loop;

    private string FileName => _resource.Script!.FileName;

    /// <summary>Has a script answer a request, now or when its turn comes.</summary>
    /// <param name="environment">NAME=value and a NUL each.</param>
    public static void Begin(CgiHandler handler, Exchange exchange, Resource resource, byte[] environment)
    {
        string file = resource.Script!.FileName;
        var run = new CgiRun(handler, exchange, resource, new ChildStart
        {
            Path = file,
            Arguments = CgiHandler.ArgumentsOf(RequestFacts.RequestOf(exchange)),
            EnvironmentBytes = environment,
            WorkingDirectory = Path.GetDirectoryName(file),
        });
        exchange.Handler = run;
        exchange.EndsWithClient = true;
        if (!run._workers.TryAdd(run._place))
        {
            run._workers.Report(run.About.Host.ErrorLog, exchange, handler.Site.Loop.Now);

            // RFC 9110 §10.2.3: in seconds.
            exchange.ResponseFields.Add("Retry-After"u8, 10);
            run.Answer(503);
            run.Free();
        }
    }

    /// <summary>On the thread pool: starting a process takes a while.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        OwnedDescriptor? input = null, output = null, errors = null;
        try
        {
            (input, _theirInput) = DescriptorPair.Pipe();
            (_theirOutput, output) = DescriptorPair.Pipe();
            (_theirErrors, errors) = DescriptorPair.Pipe();
            _ = ChildProcess.TryStart(_start with { Descriptors = [new(input, 0), new(output, 1), new(errors, 2)] }, out _child, out SystemError? fault);
            _fault = fault?.Text ?? "";
        }
        catch (ProcessException fault)
        {
            _fault = fault.Message;
        }
        finally
        {
            input?.Dispose();
            output?.Dispose();
            errors?.Dispose();
        }

        Loop.Post(this);
    }

    /// <summary>On the loop: it was started, or was not.</summary>
    void ILoopWork.Run()
    {
        if (_child is null)
        {
            Say($"could not spawn child process: {_fault} (answered 500)");
            CloseTheirs();
            Answer(500);
            Ended();
            return;
        }

        try
        {
            _input = Loop.Watch(_theirInput!, this);
            _output = Loop.Watch(_theirOutput!, this);
            _errors = Loop.Watch(_theirErrors!, this);
            _end = Loop.Watch(_child.Pidfd.Duplicate(), this);
            _end.Await(read: true, write: false);
            _errors.Await(read: true, write: false);
        }
        catch (Exception fault) when (fault is TransportException or ProcessException)
        {
            Say($"{fault.Message} (answered 500)");
            _child.KillGroup(SignalNumber.Kill);
            _ = _child.TryReap(TimeSpan.FromSeconds(1), out _);
            CloseTheirs();
            Answer(500);
            Ended();
            return;
        }

        if (_exchange is null)
        {
            DismissScript();
            return;
        }

        IConnectionHost connection = _exchange.Connection;
        Listen();
        PumpInput();
        PumpOutput();
        connection.Wake();
    }

    void IDescriptorSink.OnReady(WatchedDescriptor descriptor)
    {
        IConnectionHost? connection = _exchange?.Connection;
        if (descriptor == _output)
        {
            PumpOutput();
        }
        else if (descriptor == _input)
        {
            PumpInput();
        }
        else if (descriptor == _errors)
        {
            ReadErrors();
        }
        else if (descriptor == _end)
        {
            OnExit();
        }

        connection?.Wake();
    }

    void IExchangeHandler.OnBodyReadable(Exchange exchange) => PumpInput();

    void IExchangeHandler.OnWritable(Exchange exchange) => PumpOutput();

    void IExchangeHandler.OnAborted(Exchange exchange, EndReason reason)
    {
        if (exchange != _exchange)
        {
            return;
        }

        _exchange = null;
        if (_end is not null)
        {
            DismissScript();
        }
        else if (_workers.Withdraw(_place))
        {
            Free();
        }
    }

    // Nobody waits for what it does any more, nor for what its children do.
    private void DismissScript()
    {
        _isUnwanted = true;
        _child!.KillGroup(SignalNumber.Terminate);
        EndScript();
    }

    // The script has said all, or nobody listens: it has a while to end by itself.
    private void EndScript()
    {
        _input?.Dispose();
        _output?.Dispose();
        (_input, _output) = (null, null);
        _ending = Ending.Asked;
        Loop.Timers.Schedule(_timer, Loop.Now + Grace);
        if (_hasExited)
        {
            Ended();
        }
    }

    // It is not reaped before its answer is over: as long as it is not, its number is the group's, and its children can be told to end.
    private void OnExit()
    {
        _hasExited = true;
        ReadErrors();

        // What it wrote last is read still; a child of it may hold the pipe open, and be the one who answers.
        PumpOutput();
        if (_exchange is null)
        {
            Ended();
        }
    }

    // The process is gone, and so is its place.
    private void Ended()
    {
        if (_isOver)
        {
            return;
        }

        _isOver = true;
        Loop.Timers.Cancel(_timer);
        if (_hasExited)
        {
            Reap();
        }

        foreach (WatchedDescriptor? descriptor in (ReadOnlySpan<WatchedDescriptor?>)[_input, _output, _errors, _end])
        {
            descriptor?.Dispose();
        }

        _child?.Dispose();
        _workers.Ended();
        Free();
    }

    private void Reap()
    {
        if (_isUnwanted)
        {
            // Of its children, those that SIGTERM did not end.
            _child!.KillGroup(SignalNumber.Kill);
        }

        if (_child!.TryReap(out ExitStatus status) && !status.IsSuccess && !_isUnwanted && _ending != Ending.Terminated)
        {
            Say($"{FileName} ended with {status}");
        }
    }

    private void Free()
    {
        _hold?.Release();
        _loopHold.Release();
        _resource.ReleaseReference();
    }

    private void CloseTheirs()
    {
        _theirInput?.Dispose();
        _theirOutput?.Dispose();
        _theirErrors?.Dispose();
    }

    // The server's own word, or a response that the client can tell to be cut.
    private void Answer(int status)
    {
        if (_exchange is not { } exchange)
        {
            return;
        }

        _exchange = null;
        IConnectionHost connection = exchange.Connection;
        if (exchange.HasResponded)
        {
            exchange.Abort(EndReason.HandlerFailed);
        }
        else
        {
            _handler.Site.AnswerStatus(exchange, About, status);
        }

        connection.Wake();
    }

    // As long as the script is silent. Its content's sender has limits of his own.
    private void Listen()
    {
        if (_ending == Ending.No)
        {
            Loop.Timers.Schedule(_timer, Loop.Now + _patience);
        }
    }

    private void OnDue()
    {
        switch (_ending)
        {
            case Ending.No when IsClientAwaited:
                Listen();
                break;
            case Ending.No:
                Say($"script timed out before it sent {(_hasHead ? "all of its answer" : "its header")}: {FileName}");
                Answer(504);
                DismissScript();
                break;
            case Ending.Asked when _isUnwanted:
                _child!.KillGroup(SignalNumber.Kill);
                break;
            case Ending.Asked:
                _ending = Ending.Terminated;
                _child!.Kill(SignalNumber.Terminate);
                Loop.Timers.Schedule(_timer, Loop.Now + Grace);
                break;
            default:
                _child!.Kill(SignalNumber.Kill);
                break;
        }
    }

    private void Say(string message)
    {
        if (_exchange is { } exchange)
        {
            About.Host.ErrorLog.Write(LogLevel.Error, "cgi", exchange.Connection, exchange, message);
        }
        else
        {
            About.Host.ErrorLog.Write(LogLevel.Error, "cgi", null, message);
        }
    }

    /// <summary>How far the script's end has come.</summary>
    private enum Ending : byte
    {
        No,
        Asked,
        Terminated,
    }

    private sealed class CgiTimer(CgiRun run) : TimerEntry
    {
        protected override void OnDue(long now) => run.OnDue();
    }
}
