-- Sixteen requests in one write, then their sixteen answers.
local folder = debug.getinfo(1, "S").source:match("^@(.*/)") or "./"
dofile(folder .. "report.lua")

local batch
init = function(args)
    local requests = {}
    for i = 1, 16 do
        requests[i] = wrk.format(nil, wrk.path)
    end
    batch = table.concat(requests)
end

request = function()
    return batch
end
