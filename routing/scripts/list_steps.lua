-- list_steps.lua: the waiting tickets whose next step is due, longest due first.
-- KEYS 1 the marker of the whole index
-- ARGV 1 now, ms  2 how many at most
-- Reply {ticket, …}
-- One act, because a lost index would look like one in which nothing is due.
-- with base
local now_ms, limit = ARGV[1], ARGV[2]
local lost = index_lost('steps')
if lost then return lost end

return call('ZRANGEBYSCORE', STEPS, '-inf', now_ms, 'LIMIT', 0, limit)
