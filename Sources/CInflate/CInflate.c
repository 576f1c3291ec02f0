#include "CInflate.h"

#include <zlib.h>

const char *whittle_inflate_version(void) { return zlibVersion(); }
