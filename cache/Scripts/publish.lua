#!lua flags=allow-oom
-- Publishes a lane's frontier: by maximum within the epoch, never over a newer one (FrontierDecision.Publish).
-- KEYS frontier   ARGV epoch, offset, '1' if an offset is proven   Reply 1 = done, 0 = Redis holds a newer epoch
local epoch, offset = tonumber(ARGV[1]), tonumber(ARGV[2])
local stored = redis.call('HMGET', KEYS[1], 'e', 'v')
local tag = tonumber(stored[1] or -1)
if tag > epoch then return 0 end
if tag < epoch then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'e', ARGV[1])
  stored[2] = false
end
if ARGV[3] == '1' and (not stored[2] or tonumber(stored[2]) < offset) then redis.call('HSET', KEYS[1], 'v', ARGV[2]) end
return 1
