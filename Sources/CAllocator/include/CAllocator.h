// The settings of the system's memory allocator, which Swift's modules of the C library leave out.
#ifndef WHITTLE_CALLOCATOR_H
#define WHITTLE_CALLOCATOR_H

/// Gives large blocks of memory back to the system when they are freed, and keeps small ones.
///
/// By itself the allocator of glibc raises the size from which it does so to that of the largest block that was ever
/// freed (mallopt(3), M_MMAP_THRESHOLD). The tables of a scan grow by being made anew, and what the smaller ones had
/// would stay. Does nothing with other C libraries. To be called before there are threads.
void whittle_return_large_blocks(void);

#endif
