#!lua flags=no-writes
-- Fence tables that are absent, without floor, or of another epoch.
-- KEYS fence tables   ARGV epoch   Reply 0-based indexes
local bad = {}
for i = 1, #KEYS do
  local t = redis.call('HMGET', KEYS[i], 'e', 'l')
  if t[1] ~= ARGV[1] or not t[2] then bad[#bad + 1] = i - 1 end
end
return bad
