#!lua flags=allow-oom
-- RE-FLOOR of fence tables, each only if its tag is older (ReFloorDecision.Slot).
-- KEYS fence tables   ARGV epoch, then per table: floor   Reply number of tables moved
local epoch, moved = tonumber(ARGV[1]), 0
for i = 1, #KEYS do
  local tag = redis.call('HGET', KEYS[i], 'e')
  if not tag or tonumber(tag) < epoch then
    redis.call('DEL', KEYS[i])
    redis.call('HSET', KEYS[i], 'e', ARGV[1], 'l', ARGV[i + 1])
    moved = moved + 1
  end
end
return moved
