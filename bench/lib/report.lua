-- Exact counts on one line; wrk's own summary rounds them. A status of 400 or more counts as an error of kind status.
-- Behind the URL: "post" and a number of bytes has each request be a POST of so many.
init = function(args)
    if args[1] == "post" then
        wrk.method = "POST"
        wrk.body = string.rep("x", tonumber(args[2]))
    end
end

done = function(summary, latency, requests)
    io.write(string.format(
        "COUNTS requests=%d bytes=%d microseconds=%d connect=%d read=%d write=%d status=%d timeout=%d\n",
        summary.requests, summary.bytes, summary.duration, summary.errors.connect, summary.errors.read,
        summary.errors.write, summary.errors.status, summary.errors.timeout))
end
