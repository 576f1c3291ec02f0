// Streaming decompression behind one small interface.
#ifndef WHITTLE_CINFLATE_H
#define WHITTLE_CINFLATE_H

#include <stddef.h>
#include <stdint.h>

/// The version of the decompression library in use, for diagnostics.
const char *whittle_inflate_version(void);

#endif
