// The C client of Redis: connections, commands, replies.
#include <hiredis/hiredis.h>
