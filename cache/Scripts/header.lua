-- What a stored value says about itself (ValueHeader.cs). Positions are 1-based.
local HEAD = 512

local function parse(head, lane)
  local magic, format, length, epoch, _, count, at = struct.unpack('>BBI2i8i8B', head)
  if magic ~= 83 or (format ~= 1 and format ~= 2) then return nil end
  local value = { length = length, epoch = epoch }
  if length > #head then return value end
  for _ = 1, count do
    local stamped, offset
    stamped, offset, at = struct.unpack('>I2i8', head, at)
    if stamped == lane and not value.stamp then value.stamp = offset end
  end
  value.head, value.at = head, at
  value.xmin, value.xmax, value.running, value.at = struct.unpack('>I8I8I2', head, at)
  if value.at + value.running * 8 > length + 1 then return nil end
  return value
end

-- nil: nothing there. A value that is not ours, or damaged, or of another type: epoch 0, no stamp, so older than everything.
local function stored(key, lane)
  local head = redis.pcall('GETRANGE', key, 0, HEAD - 1)
  if type(head) ~= 'string' then return { epoch = 0 } end
  if head == '' then
    if redis.call('EXISTS', key) == 0 then return nil end
    return { epoch = 0 }
  end
  local ok, value = pcall(parse, head, lane)
  if ok and value and not value.head then
    head = redis.call('GETRANGE', key, 0, value.length - 1)
    if #head < value.length then return { epoch = 0 } end
    ok, value = pcall(parse, head, lane)
  end
  if ok and value then return value end
  return { epoch = 0 }
end

-- Whether the value's snapshot shows a transaction.
local function sees(value, xid)
  if not value.head then return false end
  if xid < value.xmin then return true end
  if xid >= value.xmax then return false end
  local at = value.at
  for _ = 1, value.running do
    local running
    running, at = struct.unpack('>I8', value.head, at)
    if running == xid then return false end
  end
  return true
end
