-- Exact counts on one line; wrk's own summary rounds them. A status of 400 or more counts as an error of kind status.
done = function(summary, latency, requests)
    io.write(string.format(
        "COUNTS requests=%d bytes=%d microseconds=%d connect=%d read=%d write=%d status=%d timeout=%d\n",
        summary.requests, summary.bytes, summary.duration, summary.errors.connect, summary.errors.read,
        summary.errors.write, summary.errors.status, summary.errors.timeout))
end
