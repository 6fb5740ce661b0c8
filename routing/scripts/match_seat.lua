-- match_seat.lua: hold the best waiting ticket for a seat that the index knows, after it became free.
-- KEYS 1 the marker of the whole index
-- ARGV 1 seat  2 now, ms
-- Reply {ticket, seat, end of the hold, ms, why}, or nil: nothing fits, or the seat is closed, full or has a hold.
-- One act, because between the choice and the hold another client would choose the same ticket.
-- with base seat ticket why hold match_seat
local seat, now_ms = ARGV[1], tonumber(ARGV[2])
local lost = index_lost('seat ' .. seat)
if lost then return lost end

return match_seat(seat, now_ms)
