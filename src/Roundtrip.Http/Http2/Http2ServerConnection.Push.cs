using Roundtrip.Http.Companions;
using Roundtrip.Http.Http2.Frames;
using Roundtrip.Http.Http2.Hpack;
using Roundtrip.Http.Http2.Priority;

namespace Roundtrip.Http.Http2;

// Push (RFC 9113 section 8.4): what a response's fields say will be needed with it is promised before the response, and answered after it as if it had been asked for.
public sealed partial class Http2ServerConnection
{
    // A client that resets so many pushes has no use for them.
    private const int MostResetPushes = 3;

    // Few connections ever push.
    private Queue<Http2Exchange>? _promised;
    private PushDiary? _diary;
    private int _resetPushes;

    private protected override bool HasPromised => _promised is { Count: > 0 };

    private bool MayPush => Limits.Push && PeerSettings.EnablePush && !IsGoingAway && _resetPushes < MostResetPushes && Limits.PushDiarySize > 0;

    /// <summary>
    /// Promises what the fields of a response, or of an interim one, name, and what is known to be fetched with it. What was promised is answered when the driver next sends: by then the header section
    /// itself has gone before.
    /// </summary>
    internal void Promise(Http2Exchange parent, Http2Stream stream, FieldBlock shared)
    {
        if (!MayPush || !IsOfPeer(stream.Id) || parent.Request.Method != Method.Get)
        {
            return;
        }

        Promise(parent, stream, shared.PreloadTargets);
        Promise(parent, stream, PreloadLinks.Of(parent.ResponseFields));
        foreach (Companion companion in parent.Companions)
        {
            PromiseOnce(parent, stream, companion.Path, isCritical: false);
        }
    }

    private void Promise(Http2Exchange parent, Http2Stream stream, PreloadTarget[] targets)
    {
        foreach (PreloadTarget target in targets)
        {
            PromiseOnce(parent, stream, PushTarget.Resolve(target.Reference, parent.Request), target.IsCritical);
        }
    }

    private void PromiseOnce(Http2Exchange parent, Http2Stream stream, ReadOnlySpan<byte> path, bool isCritical)
    {
        // RFC 9113 §5.1.2: pushed streams count against what the client allows.
        if (!path.IsEmpty && Streams.Count - OpenByPeer < PeerSettings.MaxConcurrentStreams && Diary.TryAdd(path))
        {
            (_promised ??= new()).Enqueue(Promise(parent, stream, path, isCritical));
            HoldsPages |= isCritical;
        }
    }

    private protected override void BeforeProducing()
    {
        HoldsPages = false;
        while (_promised is not null && _promised.TryDequeue(out Http2Exchange? exchange))
        {
            // It may have been reset meanwhile, and the object be another's.
            if (exchange.IsPromised)
            {
                Start(exchange);
            }
        }
    }

    /// <summary>Notes that the client asked for a path itself. A client that takes no pushes needs no diary.</summary>
    private void NoteRequest(RequestHead request)
    {
        if (MayPush && request.Method == Method.Get)
        {
            Diary.TryAdd(request.Target);
        }
    }

    /// <summary>Notes that the client did not want a push. Its path stays in the diary.</summary>
    internal void PushReset() => _resetPushes++;

    private PushDiary Diary => _diary ??= new PushDiary(Limits.PushDiarySize);

    private Http2Exchange Promise(Http2Exchange parent, Http2Stream stream, ReadOnlySpan<byte> path, bool isCritical)
    {
        int promisedId = NextOfOurs();
        RequestHead request = parent.Request.WithTarget(path);
        HeaderBlockWriter block = Resources.Block;
        Encoder.Begin(block);
        Encoder.Request("GET"u8, Host.IsSecure ? "https"u8 : "http"u8, request.Authority, path);
        Http2Exchange exchange = Resources.RentExchange();
        exchange.Begin(this, Host.Now, _requests++, sectionBytes: 0);
        exchange.Request.CopyFrom(request, Host.Buffers, IsPromised);
        foreach (ref readonly FieldEntry field in exchange.Request.Fields)
        {
            if (field.Known != KnownField.Host)
            {
                Encoder.Add(exchange.Request.At(field.Name), exchange.Request.At(field.Value));
            }
        }

        FrameWriter.WritePushPromise(Host.Output, stream.Id, promisedId, block.Block, PeerSettings.MaxFrameSize);
        Http2Stream pushed = OpenStream(promisedId, exchange);
        Move(pushed, StreamEvent.SendPushPromise);
        pushed.Scheduled = Schedule(pushed, stream);
        exchange.Attach(pushed);
        exchange.OpenPromised(stream.Id, isCritical);
        return exchange;
    }

    /// <summary>Gives a pushed response its place beside the one that it belongs to, by what it turned out to be. Where that one is over there is nothing to stand beside.</summary>
    internal void Place(Http2Stream pushed, int parentId, bool isCritical, ReadOnlySpan<byte> contentType)
    {
        if (FindStream(parentId) is not { Scheduled: not null } parent)
        {
            return;
        }

        PushPriority rule = isCritical ? new PushPriority(PushPlacement.Before, 0) : Limits.PushPriorities.Of(contentType);
        if (Scheduler.IsTree)
        {
            PlaceInTree(pushed, parent, rule);
            return;
        }

        // RFC 9218 has no dependencies: a step of urgency stands for one. Beside what is the most urgent already there is no step before.
        StreamPriority beside = parent.Scheduled!.Priority;
        Scheduler.Override(pushed.Scheduled!, rule.Placement switch
        {
            PushPlacement.Before => new PriorityParameters(Math.Max(beside.Urgency - 1, 0), beside.IsIncremental),
            PushPlacement.Interleaved => new PriorityParameters(beside.Urgency, true),
            _ => new PriorityParameters(Math.Min(beside.Urgency + 1, StreamPriority.Levels - 1), beside.IsIncremental),
        });
    }

    // The manual's words, X being the parent, Y what it depends on, P what is pushed.
    private void PlaceInTree(Http2Stream pushed, Http2Stream parent, PushPriority rule)
    {
        TreeNode node = parent.Scheduled!.Node!;
        int above = node.Parent!.StreamId;
        switch (rule.Placement)
        {
            case PushPlacement.Before:
                // P depends on Y and X on P; P has X's weight.
                Scheduler.Reprioritize(pushed.Id, new PriorityFields(above, IsExclusive: false, node.Weight));
                Scheduler.Reprioritize(parent.Id, new PriorityFields(pushed.Id, IsExclusive: false, node.Weight));
                break;
            case PushPlacement.Interleaved:
                // P depends on Y, as X does, with 256ths of X's weight.
                Scheduler.Reprioritize(pushed.Id, new PriorityFields(above, IsExclusive: false, Math.Clamp(node.Weight * rule.Weight / 256, 1, 256)));
                break;
            default:
                Scheduler.Reprioritize(pushed.Id, new PriorityFields(parent.Id, IsExclusive: false, Math.Clamp(rule.Weight, 1, 256)));
                break;
        }
    }

    // Before it is known what it is: after the response that it belongs to.
    private ScheduledStream Schedule(Http2Stream pushed, Http2Stream parent)
    {
        StreamPriority asked = parent.Scheduled!.Priority;
        if (!Scheduler.IsTree)
        {
            return Scheduler.Open(pushed.Id, new StreamPriority(Math.Min(asked.Urgency + 1, StreamPriority.Levels - 1), asked.IsIncremental), pushed);
        }

        Scheduler.Reprioritize(pushed.Id, new PriorityFields(parent.Id, IsExclusive: false, PriorityFields.Default.Weight));
        return Scheduler.Open(pushed.Id, null, pushed);
    }

    // RFC 9113 §8.4.1: a promise has the fields of the request that the client might have made, as far as they choose among responses; without conditions, ranges and what is private.
    private static bool IsPromised(KnownField field) =>
        field is KnownField.Host or KnownField.Accept or KnownField.AcceptEncoding or KnownField.AcceptLanguage or KnownField.AcceptCharset or KnownField.UserAgent;
}
