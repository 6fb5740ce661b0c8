-- why.lua: what a choice was made from, at that very moment. Needs base.
local POOLS_TOLD, ALL_TOLD, BEST_TOLD, REST_TOLD = 3, 24, 8, 16

-- For each of the first pools of a ticket four lines: its name; how many seats serve it and how many may be chosen;
-- seats with their scores, best first (all of a small pool, of a large one the first and the last).
local function why(pools)
  local told = {}
  for pool in words(pools, '%S+') do
    local key = SEATS .. pool
    local all = call('ZCARD', key)
    if all > 0 then
      local first = call('ZRANGE', key, 0, (all <= ALL_TOLD and ALL_TOLD or BEST_TOLD) - 1, 'WITHSCORES')
      local seats = table.concat(first, ' ')
      local free = -1                             -- a small pool is told whole: whoever reads it can count
      if all > ALL_TOLD then
        free = call('ZCOUNT', key, '-inf', '(' .. whole(OUT))
        seats = seats .. ' ' .. table.concat(call('ZRANGE', key, -REST_TOLD, -1, 'WITHSCORES'), ' ')
      end
      told[#told + 1] = pool .. '\n' .. all .. ' ' .. free .. '\n' .. seats
      if #told == POOLS_TOLD then break end
    end
  end
  return table.concat(told, '\n')
end
