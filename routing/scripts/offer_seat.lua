-- offer_seat.lua: open a seat with the facts given, and hold the best waiting ticket for it.
-- KEYS 1 the marker of the whole index
-- ARGV 1 seat  2 capacity, units  3 idle since, ms  4 pools  5 now, ms
-- Reply {ticket, seat, end of the hold, ms}, or nil: nothing fits, or the seat is full or already has a hold.
-- One act, because between the choice and the hold another client would choose the same ticket.
-- with base seat ticket hold match_seat
local seat, capacity, idle, pools, now_ms = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local lost = index_lost('seat ' .. seat)
if lost then return lost end

local before = call('HGET', SEAT .. seat, 'pools')
if before and before ~= pools then
  for pool in words(before, '%S+') do call('ZREM', SEATS .. pool, seat) end
end
call('HSET', SEAT .. seat, 'open', '1', 'capacity', capacity, 'idle', idle, 'pools', pools)
local held = match_seat(seat, now_ms)
if not held then show_seat(seat) end
return held
