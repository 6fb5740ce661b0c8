-- finish_rebuild.lua: the index is whole again.
-- KEYS 1 the builder's lock
-- ARGV 1 the builder's token  2 now, ms
-- Reply {1, {subject, …}}: "ticket ID" and "seat ID" that changed while the index was missing;
--       or {0, {}}: somebody else rebuilds by now, nothing was changed.
-- One act, because a change between the list and the marker would be neither refused nor listed.
-- with base
local token, now_ms = ARGV[1], ARGV[2]
if call('GET', BUILDER) ~= token then return {0, {}} end

local late = call('SMEMBERS', LATE)
call('SET', WHOLE, now_ms)
call('DEL', LATE, BUILDER)
return {1, late}
