using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Roundtrip.Live.Carriers;
using Roundtrip.Live.Log;
using Roundtrip.Live.Tokens;
using Roundtrip.Live.Topics;

namespace Roundtrip.Fuzz;

/// <summary>
/// What publishers and subscribers send to a hub. The first byte chooses: a form, a command as text or bytes, a token (header, line feed, claims; signed here, so that what is behind the signature is
/// reached; or whole), a selector and a topic.
/// </summary>
public static class LiveTarget
{
    private static readonly byte[] Secret = "a secret that is long enough to be one"u8.ToArray();

    public static void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return;
        }

        ReadOnlySpan<byte> rest = input[1..];
        switch (input[0] % 6)
        {
            case 0:
                Check(PublishForm.TryRead(rest, out string fault), fault);
                break;

            case 1:
            case 2:
                LiveCommand? command = LiveCommand.TryRead(rest.ToArray(), isBinary: input[0] % 6 == 2, out string wrong);
                Require(command is null == wrong.Length > 0, "A command that is refused says why, and no other.");
                Check(command?.Draft, "");
                break;

            case 3:
                int line = rest.IndexOf((byte)'\n');
                string content = Base64Url.EncodeToString(line < 0 ? rest : rest[..line]) + "." + Base64Url.EncodeToString(line < 0 ? default : rest[(line + 1)..]);
                Read(content + "." + Base64Url.EncodeToString(HMACSHA256.HashData(Secret, Encoding.ASCII.GetBytes(content))));
                break;

            case 4:
                Require(Read(Encoding.Latin1.GetString(rest)) != TokenFault.None, "Nobody guesses the secret.");
                break;

            default:
                int split = rest.IndexOf((byte)'\n');
                string topic = Encoding.Latin1.GetString(rest[(split + 1)..]);
                if (TopicSelector.TryParse(Encoding.Latin1.GetString(rest[..Math.Max(split, 0)]), out TopicSelector? selector))
                {
                    Require(selector.Matches(selector.Text) || !selector.IsExact, "An exact selector matches itself.");
                    _ = selector.Matches(topic);
                }

                break;
        }
    }

    private static TokenFault Read(string token)
    {
        if (!TokenKey.TryCreate(TokenAlgorithm.HS256, Secret, out TokenKey? key, out _))
        {
            throw new InvalidOperationException("The secret is one.");
        }

        TokenFault fault = TokenReader.TryRead(token, key, 1_800_000_000, out LiveGrant grant);
        Require(fault == TokenFault.None || (grant.Publish is null && grant.Subscribe.Count == 0), "A token that is refused grants nothing.");
        return fault;
    }

    private static void Check(LiveDraft? draft, string fault)
    {
        if (draft is null)
        {
            return;
        }

        Require(fault.Length == 0 && draft.Topics.Count > 0, "A draft has a topic and no fault.");
        Require(!$"{draft.Id}{draft.Type}".AsSpan().ContainsAny("\r\n"), "Nothing that ends a line comes into an event's fields.");
        var log = new LiveLog("e", HistoryLimit.Default);
        LiveMessage message = log.Append(draft, 0, out _);
        using JsonDocument json = JsonDocument.Parse(LiveJson.Message(message));
        Require(json.RootElement.GetProperty("id").GetString() == message.Id, "A message's JSON has its id.");
        Require(log.Resume(message.Id) == (1, null), "Who has seen the message goes on behind it.");
    }

    private static void Require(bool holds, string rule)
    {
        if (!holds)
        {
            throw new InvalidOperationException(rule);
        }
    }
}
