#!lua flags=allow-oom
-- Fence tables that were lost alone come back at A - 1 of the same epoch (ReFloorDecision.Restore).
-- KEYS per slot: fence table, position of its lane   ARGV epoch   Reply number of tables restored
local epoch, restored = tonumber(ARGV[1]), 0
for i = 1, #KEYS, 2 do
  local position = redis.call('HMGET', KEYS[i + 1], 'e', 'a')
  if position[1] and position[2] and tonumber(position[1]) == epoch then
    local t = redis.call('HMGET', KEYS[i], 'e', 'l')
    local tag = tonumber(t[1] or -1)
    if tag < epoch then redis.call('DEL', KEYS[i]) end
    if tag < epoch or (tag == epoch and not t[2]) then
      redis.call('HSET', KEYS[i], 'e', ARGV[1], 'l', tonumber(position[2]) - 1)
      restored = restored + 1
    end
  end
end
return restored
