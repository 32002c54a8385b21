using System.Runtime.CompilerServices;
using System.Text;
using Roundtrip.Http;
using Roundtrip.Site.Files;

namespace Roundtrip.Site.Variables;

/// <summary>
/// What a host's rules have made of requests, by the values that they look at: with Debian's BrowserMatch lines that is User-Agent alone, and few clients differ in it. One loop owns it.
/// </summary>
internal sealed class VariableCache(VariableRules rules)
{
    // When it is full it begins anew: whoever sends ever new values makes it forget, and pays with patterns that run in bounded time.
    internal const int MaximumEntries = 512;
    private const int LongestKey = 1024;

    private static readonly Dictionary<string, string> NoVariables = [];

    private readonly Dictionary<byte[], VariableOutcome> _known = new(PathComparer.Instance);

    internal int Count => _known.Count;

    /// <param name="request">The request, as RequestHeader's early edits have left it.</param>
    /// <param name="context">Makes whom expressions ask.</param>
    [SkipLocalsInit]
    public VariableOutcome Find(RequestHead request, Exchange exchange, Func<Exchange, Configuration.Expressions.IExpressionContext> context)
    {
        if (rules.IsEmpty)
        {
            return VariableOutcome.Nothing;
        }

        Span<byte> room = stackalloc byte[LongestKey];
        int length = rules.IsRepeatable ? WriteKey(request, exchange.Connection, room) : -1;
        if (length < 0)
        {
            return Evaluate(request, exchange, rules.IsRepeatable ? null : context(exchange));
        }

        Span<byte> key = room[..length];
        Dictionary<byte[], VariableOutcome>.AlternateLookup<ReadOnlySpan<byte>> lookup = _known.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (lookup.TryGetValue(key, out VariableOutcome? known))
        {
            return known;
        }

        VariableOutcome outcome = Evaluate(request, exchange, null);
        if (_known.Count >= MaximumEntries)
        {
            _known.Clear();
        }

        lookup[key] = outcome;
        return outcome;
    }

    private VariableOutcome Evaluate(RequestHead request, Exchange exchange, Configuration.Expressions.IExpressionContext? context) =>
        rules.Evaluate(request, exchange.Connection, Encoding.Latin1.GetString(request.Path), NoVariables, context);

    private int WriteKey(RequestHead request, IConnectionHost connection, Span<byte> room)
    {
        int at = 0;
        foreach (VariableSource source in rules.Sources)
        {
            int written = source.Write(request, connection, room[at..]);
            if (written < 0 || at + written == room.Length)
            {
                return -1;
            }

            // No value has this byte.
            room[at + written] = 0;
            at += written + 1;
        }

        return at;
    }
}
