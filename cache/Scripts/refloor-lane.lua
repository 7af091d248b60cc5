#!lua flags=allow-oom
-- RE-FLOOR of a lane's frontier and position, each only if its tag is older (ReFloorDecision.Published, .Applied).
-- KEYS frontier, position   ARGV epoch, next offset
local epoch = tonumber(ARGV[1])
local frontier = redis.call('HGET', KEYS[1], 'e')
if not frontier or tonumber(frontier) < epoch then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'e', ARGV[1]) -- no offset: nothing is proven before the barrier [M12]
end
local position = redis.call('HMGET', KEYS[2], 'e', 'a')
if not position[1] or not position[2] or tonumber(position[1]) < epoch then
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[2], 'e', ARGV[1], 'a', ARGV[2])
end
return 1
