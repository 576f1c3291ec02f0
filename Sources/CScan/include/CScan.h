// Where the strings of a JSON text begin and end, and what in them may be names, found many bytes at a time.
#ifndef WHITTLE_CSCAN_H
#define WHITTLE_CSCAN_H

#include <stddef.h>
#include <stdint.h>

/// How many bytes a kernel looks at together; outputs need as much room beyond what they report.
enum { WHITTLE_SCAN_BLOCK = 64 };

/// The ways to look at a block. All of them give the same results.
enum whittle_scan_kernel {
  /// Eight bytes a step, in plain C.
  WHITTLE_SCAN_PORTABLE,
  /// 16 bytes a step; every x86-64 processor has it.
  WHITTLE_SCAN_SSE2,
  /// 32 bytes a step.
  WHITTLE_SCAN_AVX2,
  /// 64 bytes a step.
  WHITTLE_SCAN_AVX512,
  /// The same, with offsets made 16 at a time (VBMI2).
  WHITTLE_SCAN_AVX512_VBMI2,
};

/// What a scan carries from one part of a text to the next; all zero before the first.
typedef struct {
  /// All bits set where the next byte stands inside a string, else 0.
  uint64_t inside_string;
  /// 1 where the next byte is escaped by a backslash, else 0.
  uint64_t escaped;
} whittle_scan_state;

/// What a scan found.
typedef struct {
  /// How many unescaped quotes.
  size_t quotes;
  /// How many backslashes.
  size_t backslashes;
  /// The offset of the first control character inside a string, or the length of the bytes where there is none.
  size_t control;
} whittle_scan_result;

/// What `whittle_scan_key` and `whittle_scan_mask` give; nothing but the start of the program writes to them.
extern uint64_t whittle_scan_drawn_keys[2];

/// A number that each run of the program draws anew before anything else: reading it costs one load.
static inline uint64_t whittle_scan_key(void) { return whittle_scan_drawn_keys[0]; }

/// Another such number.
static inline uint64_t whittle_scan_mask(void) { return whittle_scan_drawn_keys[1]; }

/// Asks the processor to fetch the memory at an address, which need not be one.
static inline void whittle_scan_prefetch(const void *address) { __builtin_prefetch(address); }

/// Whether this processor can run a kernel.
int whittle_scan_supports(enum whittle_scan_kernel kernel);

/// The fastest kernel that this processor can run.
enum whittle_scan_kernel whittle_scan_fastest(void);

/// Finds the unescaped quotes and the backslashes of a part of a text.
///
/// Reads `count` bytes and no other. `quotes` and `backslashes` get the offsets, each plus `base`, ascending; both must
/// have room for `count + WHITTLE_SCAN_BLOCK` of them, and what lies behind those reported is left undefined.
/// `base + count` must be below 2^32.
whittle_scan_result whittle_scan(enum whittle_scan_kernel kernel, const uint8_t *bytes, size_t count, uint32_t base,
                                 whittle_scan_state *state, uint32_t *quotes, uint32_t *backslashes);

/// What may be a name, or stands in the way of looking at names.
typedef struct {
  /// The offset of the first byte.
  uint32_t start;
  /// The offset behind the last byte of what may be a name; `start` for what stands in the way.
  uint32_t end;
} whittle_scan_name;

/// Finds what in a text may be names, and what stands in the way of looking at names.
///
/// Names are runs of letters and digits, and of single hyphens between these, that have a digit and at least `shortest`
/// bytes; control characters, percent signs and backslashes stand in the way. Reads `count` bytes and no other. `names`
/// gets the offsets, each plus `base`, ascending, and behind these one of `UINT32_MAX`; it must have room for
/// `count + 1`. `base + count` must be below 2^32.
void whittle_scan_names(enum whittle_scan_kernel kernel, const uint8_t *bytes, size_t count, uint32_t base,
                        size_t shortest, whittle_scan_name *names);

#endif
