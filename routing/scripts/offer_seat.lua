-- offer_seat.lua: open a seat with the facts given, and hold the best waiting ticket for it.
-- KEYS 1 the marker of the whole index
-- ARGV 1 seat  2 capacity, units  3 idle since, ms  4 pools  5 on duty since, ms: its turn is not before  6 now, ms
-- Reply {ticket, seat, end of the hold, ms, why}, or nil: nothing fits, or the seat is full or already has a hold.
-- One act, because between the choice and the hold another client would choose the same ticket.
-- with base seat ticket why hold match_seat
local seat, capacity, idle, pools, since, now_ms = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6])
local lost = index_lost('seat ' .. seat)
if lost then return lost end

local before = call('HMGET', SEAT .. seat, 'pools', 'turn')
if before[1] and before[1] ~= pools then
  for pool in words(before[1], '%S+') do call('ZREM', SEATS .. pool, seat) end
end
local turn = math.max(tonumber(before[2]) or 0, tonumber(since))
call('HSET', SEAT .. seat, 'open', '1', 'capacity', capacity, 'idle', idle, 'pools', pools, 'turn', whole(turn))
show_seat(seat)   -- before the choice, which tells what it was made from
return match_seat(seat, now_ms)
