using System.Globalization;
using System.Text;
using Roundtrip.Core;
using Roundtrip.Http.Http2;
using Roundtrip.Http.Http2.Frames;
using Roundtrip.Http.Http2.Hpack;

namespace Roundtrip.Program;

/// <summary>The frames that passed on HTTP/2 connections, by stream, each with the bytes of its header section before and after HPACK. It reads beside the engine what that sends and gets.</summary>
internal sealed class FrameLines(long begin)
{
    private readonly SortedDictionary<int, List<string>> _streams = [];

    /// <summary>One direction of a connection.</summary>
    public Direction Begin(char mark) => new(this, mark);

    public string List()
    {
        var text = new StringBuilder();
        foreach ((int stream, List<string> frames) in _streams)
        {
            text.Append(CultureInfo.InvariantCulture, $"stream {stream}\n");
            frames.ForEach(frame => text.Append("  ").Append(frame).Append('\n'));
        }

        return text.ToString();
    }

    /// <summary>The bytes of all header sections that were sent, as fields and after HPACK; and of those that came.</summary>
    public (long Fields, long Hpack) SentFields { get; private set; }

    public (long Fields, long Hpack) ReceivedFields { get; private set; }

    private void Count(char mark, int fields, int hpack)
    {
        if (mark == '>')
        {
            SentFields = (SentFields.Fields + fields, SentFields.Hpack + hpack);
        }
        else
        {
            ReceivedFields = (ReceivedFields.Fields + fields, ReceivedFields.Hpack + hpack);
        }
    }

    private void Add(int stream, string frame)
    {
        if (!_streams.TryGetValue(stream, out List<string>? frames))
        {
            _streams.Add(stream, frames = []);
        }

        frames.Add(string.Create(CultureInfo.InvariantCulture, $"{Environment.TickCount64 - begin,5} ms {frame}"));
    }

    /// <summary>Bytes in the order in which they pass, in whatever pieces, taken apart into frames.</summary>
    internal sealed class Direction(FrameLines lines, char mark)
    {
        private readonly BufferPool _pool = new();
        private readonly HpackDecoder _decoder = new();
        private readonly FieldSection _section = new();
        private readonly List<byte> _block = [];
        private byte[] _bytes = [];
        private bool _hasPreface = mark == '<';

        public void Add(ReadOnlySpan<byte> bytes)
        {
            _bytes = [.. _bytes, .. bytes];
            int at = 0;
            if (!_hasPreface && _bytes.Length >= Http2Preface.Client.Length)
            {
                _hasPreface = true;
                at = Http2Preface.Client.Length;
                lines.Add(0, $"{mark} preface {at} bytes");
            }

            while (_hasPreface && FrameHeader.TryRead(_bytes.AsSpan(at), out FrameHeader header) && _bytes.Length - at >= FrameHeader.Size + header.Length)
            {
                lines.Add(header.StreamId, $"{mark} {Describe(header, _bytes.AsSpan(at + FrameHeader.Size, header.Length))}");
                at += FrameHeader.Size + header.Length;
            }

            _bytes = _bytes[at..];
        }

        private string Describe(in FrameHeader header, ReadOnlySpan<byte> payload)
        {
            string frame = $"{NameOf(header.Type)} {payload.Length} bytes{FlagsOf(header)}";
            switch (header.Type)
            {
                case FrameType.Headers when !HeadersFrame.Read(header, payload, out HeadersFrame headers).IsError:
                    return frame + Decode(headers.Fragment, header);
                case FrameType.PushPromise when !PushPromiseFrame.Read(header, payload, out PushPromiseFrame promise).IsError:
                    return $"{frame} of stream {promise.PromisedStreamId}{Decode(promise.Fragment, header)}";
                case FrameType.Continuation:
                    return frame + Decode(payload, header);
                case FrameType.RstStream:
                    RstStreamFrame.Read(header, payload, out RstStreamFrame reset);
                    return $"{frame} {reset.Code}";
                case FrameType.GoAway:
                    GoAwayFrame.Read(header, payload, out GoAwayFrame away);
                    return $"{frame} {away.Code} last stream {away.LastStreamId}";
                case FrameType.WindowUpdate:
                    WindowUpdateFrame.Read(header, payload, out WindowUpdateFrame update);
                    return $"{frame} +{update.Increment}";
                case FrameType.Settings when !header.Has(FrameFlags.Ack):
                    SettingsFrame.Read(header, payload, out SettingsFrame settings);
                    var text = new StringBuilder(frame);
                    foreach (Setting setting in settings)
                    {
                        text.Append(CultureInfo.InvariantCulture, $" {setting.Parameter}={setting.Value}");
                    }

                    return text.ToString();
                default:
                    return frame;
            }
        }

        private string Decode(ReadOnlySpan<byte> fragment, in FrameHeader header)
        {
            _block.AddRange(fragment);
            if (!header.Has(FrameFlags.EndHeaders))
            {
                return "";
            }

            _section.Begin(_pool, new FieldLimits(0, int.MaxValue));
            EndReason error = _decoder.Decode(_block.ToArray(), _section);
            lines.Count(mark, _section.Length, _block.Count);
            string text = error == EndReason.None ? $"; fields {_section.Length} bytes, after HPACK {_block.Count}" : $"; {EndReasons.Describe(error)}";
            _section.Release(_pool);
            _block.Clear();
            return text;
        }

        private static string FlagsOf(in FrameHeader header) => header.Type switch
        {
            FrameType.Data or FrameType.Headers when header.Has(FrameFlags.EndStream) => " END_STREAM",
            FrameType.Settings or FrameType.Ping when header.Has(FrameFlags.Ack) => " ACK",
            _ => "",
        };

        private static string NameOf(FrameType type) => type switch
        {
            FrameType.Data => "DATA",
            FrameType.Headers => "HEADERS",
            FrameType.Priority => "PRIORITY",
            FrameType.RstStream => "RST_STREAM",
            FrameType.Settings => "SETTINGS",
            FrameType.PushPromise => "PUSH_PROMISE",
            FrameType.Ping => "PING",
            FrameType.GoAway => "GOAWAY",
            FrameType.WindowUpdate => "WINDOW_UPDATE",
            FrameType.Continuation => "CONTINUATION",
            FrameType.PriorityUpdate => "PRIORITY_UPDATE",
            _ => $"frame of type {(int)type}",
        };
    }
}
