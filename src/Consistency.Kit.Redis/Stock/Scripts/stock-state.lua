-- returns 0 selling | 1 not open | 2 closed | 3 to be rebuilt
local _, reason = current()
return reason
