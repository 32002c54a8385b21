namespace Roundtrip.Stores.Redis;

/// <summary>
/// What is done in Redis in one step. A hub has a hash with its epoch, where it goes on and how many bytes it keeps; and for its epoch a stream, whose entry for a place P has the id P+1-1, and a sorted set
/// of publishers' ids with their places.
/// </summary>
internal static class RedisScripts
{
    /// <summary>
    /// KEYS hash, stream, ids; ARGV epoch, id or nothing, time, most messages, greatest age, most bytes, mark, draft. Gives the message's place; or -2 where the epoch is another.
    /// </summary>
    public const string Publish = """
        if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return '-2' end
        if ARGV[2] ~= '' then
          local known = redis.call('ZSCORE', KEYS[3], ARGV[2])
          if known then return known end
        end
        local place = tonumber(redis.call('HGET', KEYS[1], 'next'))
        redis.call('XADD', KEYS[2], string.format('%.0f-1', place + 1), 'at', ARGV[3], 'mark', ARGV[7], 'draft', ARGV[8])
        redis.call('HSET', KEYS[1], 'next', string.format('%.0f', place + 1))
        if ARGV[2] ~= '' then redis.call('ZADD', KEYS[3], string.format('%.0f', place), ARGV[2]) end
        local bytes = redis.call('HINCRBY', KEYS[1], 'bytes', #ARGV[8])
        while true do
          local oldest = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
          local old = tonumber(string.match(oldest[1], '^%d+')) - 1
          if old == place then break end
          if redis.call('XLEN', KEYS[2]) <= tonumber(ARGV[4]) and tonumber(ARGV[3]) - tonumber(oldest[2][2]) <= tonumber(ARGV[5]) and bytes <= tonumber(ARGV[6]) then break end
          redis.call('XTRIM', KEYS[2], 'MINID', string.format('%.0f', old + 2))
          redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', string.format('%.0f', old))
          bytes = redis.call('HINCRBY', KEYS[1], 'bytes', -#oldest[2][6])
        end
        return string.format('%.0f', place)
        """;

    /// <summary>
    /// KEYS hash, lost stream, lost ids, new stream, new ids; ARGV new epoch, lost epoch or nothing. Where there is no epoch yet, or it is the lost one, the new one begins. What the lost one still has goes over to it,
    /// for among it may be what was acknowledged since. Gives the epoch that there is.
    /// </summary>
    public const string Begin = """
        local epoch = redis.call('HGET', KEYS[1], 'epoch')
        if not epoch then
          redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'next', '0', 'bytes', '0')
          return ARGV[1]
        end
        if epoch == ARGV[2] then
          redis.call('HSET', KEYS[1], 'epoch', ARGV[1])
          if redis.call('EXISTS', KEYS[2]) == 1 then redis.call('RENAME', KEYS[2], KEYS[4]) end
          if redis.call('EXISTS', KEYS[3]) == 1 then redis.call('RENAME', KEYS[3], KEYS[5]) end
          return ARGV[1]
        end
        return epoch
        """;
}
