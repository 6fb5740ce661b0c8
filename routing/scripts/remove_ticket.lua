-- remove_ticket.lua: a ticket leaves the index wherever it stands (resolved or cancelled without a seat).
-- KEYS 1 the marker of the whole index
-- ARGV 1 ticket  2 now, ms
-- Reply {state that it had, seat that held it or worked on it, or ""}, or nil: the index does not know it.
-- One act, because a hold made after the look would stay on a ticket that is gone.
-- with base seat ticket why hold forget
local ticket, now_ms = ARGV[1], ARGV[2]
local lost = index_lost('ticket ' .. ticket)
if lost then return lost end

return forget_ticket(ticket, now_ms)
