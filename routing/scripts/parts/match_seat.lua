-- match_seat.lua: hold the best waiting ticket for a seat, as `selection.choose_ticket`. Needs base, ticket, hold.
local CALLS_END = 2251799813685248   -- 2 << 50: emergencies and callers rank before it, all other tickets behind

-- Smallest rank over all pools of the seat that it has room for, never one that it declined. Returns
-- {ticket, seat, end of the hold in ms, why}, or nil: nothing fits, or the seat is closed, full, on a call or has a
-- hold. Looks at one ticket a pool, and at one more for each that this very seat may not have.
local function match_seat(seat, now_ms)
  local facts = call('HMGET', SEAT .. seat, 'open', 'capacity', 'load', 'pools', 'ticket', 'calls')
  if facts[1] ~= '1' or (facts[5] or '') ~= '' or (tonumber(facts[6]) or 0) > 0 then return nil end
  local room = tonumber(facts[2]) - (tonumber(facts[3]) or 0)
  local heads = {}
  local function read_head(pool, place)
    local found = call('ZRANGE', WAITING .. pool, place, place, 'WITHSCORES')
    local rank = tonumber(found[2])
    heads[pool] = rank and (room >= 1 or rank < CALLS_END) and {ticket = found[1], rank = rank, place = place} or nil
  end
  for pool in words(facts[4], '%S+') do
    local weight = pool_weight(pool)
    if weight <= room or weight == 1 then read_head(pool, 0) end
  end
  while true do
    local best
    for _, head in pairs(heads) do
      if not best or head.rank < best.rank or (head.rank == best.rank and head.ticket < best.ticket) then
        best = head
      end
    end
    if not best then return nil end
    local ticket = best.ticket
    local wanted = call('HMGET', TICKET .. ticket, 'pools', 'hold_ms', 'declined', 'live')
    if wanted[1] and not among(wanted[3], seat) and (room >= 1 or wanted[4] == '1') then
      return hold(ticket, wanted[1], seat, facts[4], now_ms, wanted[2])
    end
    for pool, head in pairs(heads) do
      if head.ticket == ticket then
        if not wanted[1] then call('ZREM', WAITING .. pool, ticket) end   -- its hash was lost: no such ticket
        read_head(pool, wanted[1] and head.place + 1 or head.place)
      end
    end
  end
end
