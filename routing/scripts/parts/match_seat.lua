-- match_seat.lua: hold the best waiting ticket for a seat, as `selection.choose_ticket`. Needs base, ticket, hold.

-- Smallest rank over all pools of the seat that it has room for, never one that it declined. Returns
-- {ticket, seat, end of the hold in ms}, or nil: nothing fits, or the seat is closed, full or has a hold. Looks at
-- one ticket a pool, and at one more for each that this very seat has declined.
local function match_seat(seat, now_ms)
  local facts = call('HMGET', SEAT .. seat, 'open', 'capacity', 'load', 'pools', 'ticket')
  if facts[1] ~= '1' or (facts[5] or '') ~= '' then return nil end
  local room = tonumber(facts[2]) - (tonumber(facts[3]) or 0)
  if room <= 0 then return nil end
  local heads = {}
  local function read_head(pool, place)
    local found = call('ZRANGE', WAITING .. pool, place, place, 'WITHSCORES')
    heads[pool] = found[1] and {ticket = found[1], rank = tonumber(found[2]), place = place} or nil
  end
  for pool in words(facts[4], '%S+') do
    if pool_weight(pool) <= room then read_head(pool, 0) end
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
    local wanted = call('HMGET', TICKET .. ticket, 'pools', 'hold_ms', 'declined')
    if wanted[1] and not among(wanted[3], seat) then
      return hold(ticket, wanted[1], seat, facts[4], whole(now_ms + wanted[2]))
    end
    for pool, head in pairs(heads) do
      if head.ticket == ticket then
        if not wanted[1] then call('ZREM', WAITING .. pool, ticket) end   -- its hash was lost: no such ticket
        read_head(pool, wanted[1] and head.place + 1 or head.place)
      end
    end
  end
end
