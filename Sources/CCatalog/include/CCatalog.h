// The reference tables, embedded as sorted text. Swift cannot import `extern const unsigned char x[]`, so the
// tables are reached through one accessor that returns the first byte of a table and sets its length.
#ifndef WHITTLE_CCATALOG_H
#define WHITTLE_CCATALOG_H

#include <stddef.h>
#include <stdint.h>

/// The embedded tables. Each is lines of tab-separated fields, sorted by the first field in lower case, behind
/// one line that says where the table comes from.
enum whittle_catalog_table {
  WHITTLE_CATALOG_ACTIONS,
  WHITTLE_CATALOG_CONDITION_KEYS,
  WHITTLE_CATALOG_EVENT_SOURCES,
  WHITTLE_CATALOG_MANAGED_POLICIES,
  WHITTLE_CATALOG_OPERATIONS,
  WHITTLE_CATALOG_PARAMETER_ALIASES,
  WHITTLE_CATALOG_PASS_ROLE,
  WHITTLE_CATALOG_RESOURCE_TYPES,
  WHITTLE_CATALOG_RETIRED_ACTIONS,
  WHITTLE_CATALOG_SERVICES,
  WHITTLE_CATALOG_TAG_ON_CREATE,
};

/// Returns the first byte of a table and sets `length` to its size in bytes; the bytes live for ever.
const uint8_t *whittle_catalog_table(enum whittle_catalog_table table, size_t *length);

#endif
