-- match_ticket.lua: hold a ticket that already waits for the best free seat, after a decline or a lapse.
-- KEYS 1 the marker of the whole index
-- ARGV 1 ticket  2 now, ms
-- Reply {ticket, seat, end of the hold, ms, why}, or nil: it does not wait, or no seat is free for it.
-- One act, because between the choice and the hold another client would choose the same seat.
-- with base seat ticket why hold choose_seat match_ticket
local ticket, now_ms = ARGV[1], tonumber(ARGV[2])
local lost = index_lost('ticket ' .. ticket)
if lost then return lost end

return match_ticket(ticket, now_ms)
