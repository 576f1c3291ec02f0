// The reference tables, embedded as sorted text. Swift cannot import `extern const unsigned char x[]`, so each
// table is reached through an accessor that returns its first byte and sets its length.
#ifndef WHITTLE_CCATALOG_H
#define WHITTLE_CCATALOG_H

#include <stddef.h>
#include <stdint.h>

/// The actions table: one line an action, sorted by lower-case name.
const uint8_t *whittle_catalog_actions(size_t *length);

#endif
