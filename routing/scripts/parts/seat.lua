-- seat.lua: where a seat may be chosen. Needs base.
local LOAD_STEP, IDLE_EPOCH_MS = 1099511627776, 1577836800000   -- as in selection.py

-- Put a seat into the pools where it may be chosen and out of all others. Every script that changed one of its
-- facts ends with this.
local function show_seat(seat)
  local facts = call('HMGET', SEAT .. seat, 'open', 'capacity', 'load', 'idle', 'pools', 'ticket')
  local pools = facts[5]
  if not pools then return end
  local capacity, load = tonumber(facts[2]), tonumber(facts[3]) or 0
  local room = 0
  if facts[1] == '1' and (facts[6] or '') == '' then room = capacity - load end
  if room <= 0 then
    for pool in words(pools, '%S+') do call('ZREM', SEATS .. pool, seat) end
    return
  end
  local score = whole(math.floor(load * 1000 / capacity) * LOAD_STEP + tonumber(facts[4]) - IDLE_EPOCH_MS)
  for pool in words(pools, '%S+') do
    if pool_weight(pool) <= room then call('ZADD', SEATS .. pool, score, seat)
    else call('ZREM', SEATS .. pool, seat) end
  end
end
