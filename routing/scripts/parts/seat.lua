-- seat.lua: where a seat may be chosen. Needs base.
local NO_ROOM, CLOSED, ON_CALL = OUT + REASON_STEP, OUT + 2 * REASON_STEP, OUT + 3 * REASON_STEP

-- In thousandths; a seat without capacity is full.
local function share_of(load, capacity)
  return capacity > 0 and math.min(math.floor(load * 1000 / capacity), 4000) or 1000
end

-- Give a seat its score in each of its pools. Every script that changed one of its facts ends with this.
-- How a pool orders its seats is part of its name: `~i` by idle time alone, `~r` by turn, else by load, then idle.
local function show_seat(seat)
  local facts = call('HMGET', SEAT .. seat, 'open', 'capacity', 'load', 'idle', 'pools', 'ticket', 'calls', 'turn')
  local pools = facts[5]
  if not pools then return end
  local capacity, load = tonumber(facts[2]), tonumber(facts[3]) or 0
  local share = share_of(load, capacity)
  if (facts[6] or '') ~= '' then                 -- an offer is answered soon: absent meanwhile, that is cheaper
    for pool in words(pools, '%S+') do call('ZREM', SEATS .. pool, seat) end
    return
  end
  local out = (facts[1] ~= '1' and CLOSED) or ((tonumber(facts[7]) or 0) > 0 and ON_CALL)
  if out then
    local score = whole(out + share)
    for pool in words(pools, '%S+') do call('ZADD', SEATS .. pool, score, seat) end
    return
  end
  local room, idle = capacity - load, tonumber(facts[4]) - IDLE_EPOCH_MS
  if room < 1 then share = math.max(share, 1000) end
  local by_load = whole(share * LOAD_STEP + idle)
  for pool in words(pools, '%S+') do
    local score = by_load
    if string.find(pool, '[~#]') then
      local strategy, weight = string.match(pool, '~(%a)'), pool_weight(pool)
      if room < weight and weight > 1 then score = whole(NO_ROOM + share)
      elseif room >= 1 and strategy == 'i' then score = whole(idle)
      elseif room >= 1 and strategy == 'r' then score = whole((tonumber(facts[8]) or 0) - IDLE_EPOCH_MS) end
    end
    call('ZADD', SEATS .. pool, score, seat)
  end
end

-- A seat that is chosen in a pool `~r` goes to the end of the turns; two in one millisecond are still two turns.
local function take_turn(seat, served, now_ms)
  if not string.find(served, '~r', 1, true) then return end
  local turn = math.max(now_ms, tonumber(call('GET', TURN)) or 0) + 1   -- behind who came on duty at this moment
  call('SET', TURN, whole(turn))
  call('HSET', SEAT .. seat, 'turn', whole(turn))
end
