// The settings of the system's memory allocator: see the header.

#include "CAllocator.h"

#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

void whittle_return_large_blocks(void) {
#ifdef __GLIBC__
  // From the size on that the allocator itself begins with.
  mallopt(M_MMAP_THRESHOLD, 128 << 10);
  // What is at the end of the heap is soon asked for again.
  mallopt(M_TRIM_THRESHOLD, 256 << 20);
#endif
}
