#include "CScan.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Each kernel turns a block of 64 bytes into masks, one bit a byte; what follows from the masks is the same for all. A
// block that the text ends in is copied and filled up with spaces, so no kernel reads outside the text.
//
// Escapes. A backslash escapes the byte behind it unless it is escaped itself: of a run of backslashes every second
// one counts. Runs are told apart by one subtraction, whose borrows run through them ("Parsing Gigabytes of JSON per
// Second", Langdale and Lemire, section 3.1.1).
//
// Strings. A byte stands inside a string where the number of unescaped quotes up to it is odd: the exclusive or of all
// lower bits.
//
// Runs that may be names. A run stands between two bits that are no part of one; so each digit tells the run around it,
// and runs without digits cost nothing.

typedef struct {
  uint64_t quotes;
  uint64_t backslashes;
  uint64_t controls;
} block_masks;

typedef struct {
  uint64_t letters;
  uint64_t digits;
  uint64_t hyphens;
  /// Control characters, percent signs and backslashes.
  uint64_t closed;
} name_masks;

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/// The high bits of the bytes of a word, gathered into eight bits.
ALWAYS_INLINE uint64_t high_bits(uint64_t word) {
  return ((word & 0x8080808080808080) >> 7) * 0x0102040810204080 >> 56;
}

/// A bit for each byte of a word that equals a byte.
ALWAYS_INLINE uint64_t equal_bytes(uint64_t word, uint64_t pattern) {
  const uint64_t low = 0x7F7F7F7F7F7F7F7F;
  uint64_t difference = word ^ pattern;
  return high_bits(~(((difference & low) + low) | difference));
}

/// The same for bytes below 0x20.
ALWAYS_INLINE uint64_t control_bytes(uint64_t word) {
  // A byte is below 0x20 where its three highest bits are zero.
  return equal_bytes(word & 0xE0E0E0E0E0E0E0E0, 0);
}

/// The same for bytes from `first` to `last`, both ASCII.
ALWAYS_INLINE uint64_t bytes_between(uint64_t word, uint8_t first, uint8_t last) {
  // Without their high bits, bytes carry nothing into the next ones.
  const uint64_t ones = 0x0101010101010101;
  uint64_t low = word & 0x7F * ones;
  return high_bits((low + (0x80 - first) * ones) & ~(low + (0x7F - last) * ones) & ~word);
}

/// Eight bytes, the first one as the lowest.
ALWAYS_INLINE uint64_t load_word(const uint8_t *bytes) {
  uint64_t word;
  memcpy(&word, bytes, 8);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  return word;
}

ALWAYS_INLINE block_masks masks_portable(const uint8_t *bytes) {
  block_masks masks = {0, 0, 0};
  for (int word_number = 0; word_number < 8; word_number++) {
    uint64_t word = load_word(bytes + 8 * word_number);
    masks.quotes |= equal_bytes(word, 0x2222222222222222) << (8 * word_number);
    masks.backslashes |= equal_bytes(word, 0x5C5C5C5C5C5C5C5C) << (8 * word_number);
    masks.controls |= control_bytes(word) << (8 * word_number);
  }
  return masks;
}

ALWAYS_INLINE name_masks names_portable(const uint8_t *bytes) {
  name_masks masks = {0, 0, 0, 0};
  for (int word_number = 0; word_number < 8; word_number++) {
    uint64_t word = load_word(bytes + 8 * word_number);
    // Setting this bit makes letters small, and nothing else a letter.
    uint64_t letters = bytes_between(word | 0x2020202020202020, 'a', 'z');
    uint64_t closed =
        control_bytes(word) | equal_bytes(word, 0x2525252525252525) | equal_bytes(word, 0x5C5C5C5C5C5C5C5C);
    masks.letters |= letters << (8 * word_number);
    masks.digits |= bytes_between(word, '0', '9') << (8 * word_number);
    masks.hyphens |= equal_bytes(word, 0x2D2D2D2D2D2D2D2D) << (8 * word_number);
    masks.closed |= closed << (8 * word_number);
  }
  return masks;
}

#if defined(__x86_64__)

ALWAYS_INLINE block_masks masks_sse2(const uint8_t *bytes) {
  block_masks masks = {0, 0, 0};
  for (int part = 0; part < 4; part++) {
    __m128i text = _mm_loadu_si128((const __m128i *)(bytes + 16 * part));
    __m128i limit = _mm_set1_epi8(0x1F);
    uint64_t quotes = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(text, _mm_set1_epi8('"')));
    uint64_t backslashes = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(text, _mm_set1_epi8('\\')));
    uint64_t controls = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(text, limit), limit));
    masks.quotes |= quotes << (16 * part);
    masks.backslashes |= backslashes << (16 * part);
    masks.controls |= controls << (16 * part);
  }
  return masks;
}

__attribute__((target("avx2"))) ALWAYS_INLINE block_masks masks_avx2(const uint8_t *bytes) {
  block_masks masks = {0, 0, 0};
  for (int part = 0; part < 2; part++) {
    __m256i text = _mm256_loadu_si256((const __m256i *)(bytes + 32 * part));
    __m256i limit = _mm256_set1_epi8(0x1F);
    uint64_t quotes = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(text, _mm256_set1_epi8('"')));
    uint64_t backslashes = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(text, _mm256_set1_epi8('\\')));
    uint64_t controls = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_max_epu8(text, limit), limit));
    masks.quotes |= quotes << (32 * part);
    masks.backslashes |= backslashes << (32 * part);
    masks.controls |= controls << (32 * part);
  }
  return masks;
}

__attribute__((target("avx512f,avx512bw"))) ALWAYS_INLINE block_masks masks_avx512(const uint8_t *bytes) {
  __m512i text = _mm512_loadu_si512(bytes);
  block_masks masks = {
      _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8('"')),
      _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8('\\')),
      _mm512_cmplt_epu8_mask(text, _mm512_set1_epi8(0x20)),
  };
  return masks;
}

/// The bytes from `first` to `last`, a bit each.
ALWAYS_INLINE uint64_t between_sse2(__m128i text, char first, char last) {
  __m128i place = _mm_sub_epi8(text, _mm_set1_epi8(first));
  __m128i limited = _mm_min_epu8(place, _mm_set1_epi8(last - first));
  return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(limited, place));
}

ALWAYS_INLINE name_masks names_sse2(const uint8_t *bytes) {
  name_masks masks = {0, 0, 0, 0};
  for (int part = 0; part < 4; part++) {
    __m128i text = _mm_loadu_si128((const __m128i *)(bytes + 16 * part));
    __m128i percents = _mm_cmpeq_epi8(text, _mm_set1_epi8('%'));
    __m128i backslashes = _mm_cmpeq_epi8(text, _mm_set1_epi8('\\'));
    uint64_t signs = (uint32_t)_mm_movemask_epi8(_mm_or_si128(percents, backslashes));
    uint64_t hyphens = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(text, _mm_set1_epi8('-')));
    masks.letters |= between_sse2(_mm_or_si128(text, _mm_set1_epi8(0x20)), 'a', 'z') << (16 * part);
    masks.digits |= between_sse2(text, '0', '9') << (16 * part);
    masks.hyphens |= hyphens << (16 * part);
    masks.closed |= (between_sse2(text, 0, 0x1F) | signs) << (16 * part);
  }
  return masks;
}

__attribute__((target("avx2"))) ALWAYS_INLINE uint64_t between_avx2(__m256i text, char first, char last) {
  __m256i place = _mm256_sub_epi8(text, _mm256_set1_epi8(first));
  __m256i limited = _mm256_min_epu8(place, _mm256_set1_epi8(last - first));
  return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(limited, place));
}

__attribute__((target("avx2"))) ALWAYS_INLINE name_masks names_avx2(const uint8_t *bytes) {
  name_masks masks = {0, 0, 0, 0};
  for (int part = 0; part < 2; part++) {
    __m256i text = _mm256_loadu_si256((const __m256i *)(bytes + 32 * part));
    __m256i percents = _mm256_cmpeq_epi8(text, _mm256_set1_epi8('%'));
    __m256i backslashes = _mm256_cmpeq_epi8(text, _mm256_set1_epi8('\\'));
    uint64_t signs = (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(percents, backslashes));
    uint64_t hyphens = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(text, _mm256_set1_epi8('-')));
    masks.letters |= between_avx2(_mm256_or_si256(text, _mm256_set1_epi8(0x20)), 'a', 'z') << (32 * part);
    masks.digits |= between_avx2(text, '0', '9') << (32 * part);
    masks.hyphens |= hyphens << (32 * part);
    masks.closed |= (between_avx2(text, 0, 0x1F) | signs) << (32 * part);
  }
  return masks;
}

__attribute__((target("avx512f,avx512bw"))) ALWAYS_INLINE uint64_t between_avx512(__m512i text, char first, char last) {
  return _mm512_cmple_epu8_mask(_mm512_sub_epi8(text, _mm512_set1_epi8(first)), _mm512_set1_epi8(last - first));
}

__attribute__((target("avx512f,avx512bw"))) ALWAYS_INLINE name_masks names_avx512(const uint8_t *bytes) {
  __m512i text = _mm512_loadu_si512(bytes);
  uint64_t percents = _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8('%'));
  uint64_t backslashes = _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8('\\'));
  name_masks masks = {
      between_avx512(_mm512_or_si512(text, _mm512_set1_epi8(0x20)), 'a', 'z'),
      between_avx512(text, '0', '9'),
      _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8('-')),
      between_avx512(text, 0, 0x1F) | percents | backslashes,
  };
  return masks;
}

#endif

/// The bits whose byte is escaped; `escaped` tells of the first byte, and then of the byte behind the first `count`.
ALWAYS_INLINE uint64_t escaped_bytes(uint64_t backslashes, uint64_t *escaped, unsigned count) {
  uint64_t first = *escaped;
  if (backslashes == 0) {
    *escaped = 0;
    return first;
  }
  const uint64_t odd = 0xAAAAAAAAAAAAAAAA;
  uint64_t starts = backslashes & ~first;
  uint64_t codes = (((starts << 1) | odd) - starts) ^ odd;
  *escaped = (codes & backslashes) >> (count - 1) & 1;
  return codes ^ (backslashes | first);
}

/// Each bit the exclusive or of itself and all lower ones.
ALWAYS_INLINE uint64_t parity_portable(uint64_t bits) {
  for (int shift = 1; shift < 64; shift <<= 1) bits ^= bits << shift;
  return bits;
}

#if defined(__x86_64__)

/// The same by one multiplication without carries, by a number whose bits are all set.
__attribute__((target("pclmul"))) ALWAYS_INLINE uint64_t parity_pclmul(uint64_t bits) {
  __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)bits), _mm_set1_epi8(-1), 0);
  return (uint64_t)_mm_cvtsi128_si64(product);
}

#endif

/// Appends the places of the bits. Whole groups are written, so that the branches do not depend on single bits; what is
/// too much is overwritten by the next block.
ALWAYS_INLINE uint32_t *append_places(uint32_t *output, uint64_t bits, uint32_t base) {
  unsigned count = (unsigned)__builtin_popcountll(bits);
  uint32_t *group = output;
  for (unsigned done = 0; done < count; done += 8, group += 8) {
    for (int place = 0; place < 8; place++) {
      // A word without bits has no lowest one; 64 is what the instruction for it gives.
      group[place] = base + (bits ? (uint32_t)__builtin_ctzll(bits) : 64);
      bits &= bits - 1;
    }
  }
  return output + count;
}

#if defined(__x86_64__)

/// The same, 16 places at a time: the numbers of the bits are moved together as bytes, and made wider.
__attribute__((target("avx512f,avx512bw,avx512vbmi2,popcnt"))) ALWAYS_INLINE uint32_t *append_places_vbmi2(
    uint32_t *output, uint64_t bits, uint32_t base) {
  const __m512i numbers = _mm512_set_epi8(
      63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41, 40, 39, 38, 37, 36,
      35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7,
      6, 5, 4, 3, 2, 1, 0);
  unsigned count = (unsigned)__builtin_popcountll(bits);
  __m512i places = _mm512_maskz_compress_epi8(bits, numbers);
  uint32_t *group = output;
  for (unsigned done = 0; done < count; done += 16, group += 16) {
    __m512i wide = _mm512_cvtepu8_epi32(_mm512_castsi512_si128(places));
    _mm512_storeu_si512(group, _mm512_add_epi32(wide, _mm512_set1_epi32((int)base)));
    places = _mm512_shuffle_i64x2(places, places, 0x39);
  }
  return output + count;
}

#endif

/// Takes in what a block has beside quotes, given for each byte whether the number of quotes up to it is odd.
ALWAYS_INLINE void take_block(block_masks masks, uint64_t parity, size_t offset, size_t length,
                              whittle_scan_state *state, size_t *control) {
  uint64_t inside = parity ^ state->inside_string;
  state->inside_string = (uint64_t)((int64_t)inside >> 63);
  uint64_t controls = masks.controls & inside;
  if (__builtin_expect(controls != 0 && *control == length, 0)) {
    *control = offset + (size_t)__builtin_ctzll(controls);
  }
}

// Every kernel is this function with its own way to make masks, parities and places; inlining gives each its own loop.
#define BLOCK(bytes, masks, parity, append, count)                                                                    \
  {                                                                                                                   \
    block_masks found = masks(bytes);                                                                                 \
    uint64_t unescaped = found.quotes & ~escaped_bytes(found.backslashes, &carried.escaped, count);                   \
    take_block(found, parity(unescaped), offset, length, &carried, &control);                                         \
    quote = append(quote, unescaped, base + (uint32_t)offset);                                                        \
    if (found.backslashes != 0) backslash = append(backslash, found.backslashes, base + (uint32_t)offset);            \
  }
#define KERNEL(name, target, masks, parity, append)                                                                        \
  target static whittle_scan_result name(const uint8_t *bytes, size_t length, uint32_t base,                          \
                                         whittle_scan_state *state, uint32_t *quotes, uint32_t *backslashes) {        \
    whittle_scan_state carried = *state;                                                                              \
    uint32_t *quote = quotes, *backslash = backslashes;                                                               \
    size_t control = length, offset = 0;                                                                              \
    for (; length - offset >= WHITTLE_SCAN_BLOCK; offset += WHITTLE_SCAN_BLOCK) {                                     \
      BLOCK(bytes + offset, masks, parity, append, WHITTLE_SCAN_BLOCK)                                                \
    }                                                                                                                 \
    if (offset < length) {                                                                                            \
      uint8_t rest[WHITTLE_SCAN_BLOCK];                                                                               \
      memset(rest, ' ', sizeof rest);                                                                                 \
      memcpy(rest, bytes + offset, length - offset);                                                                  \
      BLOCK(rest, masks, parity, append, (unsigned)(length - offset))                                                 \
    }                                                                                                                 \
    *state = carried;                                                                                                 \
    return (whittle_scan_result){(size_t)(quote - quotes), (size_t)(backslash - backslashes), control};               \
  }

KERNEL(scan_portable, , masks_portable, parity_portable, append_places)
#if defined(__x86_64__)
KERNEL(scan_sse2, , masks_sse2, parity_portable, append_places)
KERNEL(scan_avx2, __attribute__((target("avx2,bmi,popcnt,pclmul"))), masks_avx2, parity_pclmul, append_places)
KERNEL(scan_avx512, __attribute__((target("avx512f,avx512bw,bmi,popcnt,pclmul"))), masks_avx512, parity_pclmul,
       append_places)
KERNEL(scan_avx512_vbmi2, __attribute__((target("avx512f,avx512bw,avx512vbmi2,bmi,popcnt,pclmul"))), masks_avx512,
       parity_pclmul, append_places_vbmi2)
#endif

/// A run of letters, digits and single hyphens between them that reaches the end of a block.
typedef struct {
  /// 1 where there is one, else 0.
  uint64_t is_open;
  /// Where it begins.
  size_t start;
  /// Whether it has a digit.
  int has_digit;
  /// 1 where the last byte is a letter or a digit, else 0.
  uint64_t ends_with_character;
} name_state;

/// The place of the lowest bit of a number that has one, and the place behind the highest bit; 0 where there is none.
ALWAYS_INLINE unsigned lowest(uint64_t bits) { return (unsigned)__builtin_ctzll(bits); }
ALWAYS_INLINE unsigned behind_highest(uint64_t bits) { return bits ? 64 - (unsigned)__builtin_clzll(bits) : 0; }

/// Appends a run, if it is long enough.
ALWAYS_INLINE whittle_scan_name *append_name(whittle_scan_name *output, size_t start, size_t end, uint32_t base,
                                             size_t shortest) {
  *output = (whittle_scan_name){base + (uint32_t)start, base + (uint32_t)end};
  return output + (end - start >= shortest);
}

/// Appends what of a block may be names, or is closed; `next` is 1 where a letter or a digit stands behind the block.
ALWAYS_INLINE whittle_scan_name *append_names(whittle_scan_name *output, name_masks masks, size_t offset,
                                              uint64_t next, uint32_t base, size_t shortest, name_state *state) {
  uint64_t characters = masks.letters | masks.digits;
  uint64_t inner = (characters << 1 | state->ends_with_character) & (characters >> 1 | next << 63);
  uint64_t outside = ~(characters | (masks.hyphens & inner));
  uint64_t marks = masks.digits | masks.closed;
  state->ends_with_character = characters >> 63;
  if (state->is_open) {
    if (outside == 0) {
      state->has_digit |= marks != 0;
      return output;
    }
    // The run, and the byte behind it.
    uint64_t begun = outside ^ (outside - 1);
    if (state->has_digit || (masks.digits & begun) != 0) {
      output = append_name(output, state->start, offset + lowest(outside), base, shortest);
    }
    marks &= ~begun | masks.closed;
  }
  state->is_open = ~outside >> 63;
  if (state->is_open) {
    unsigned start = behind_highest(outside);
    state->start = offset + start;
    state->has_digit = masks.digits >> start != 0;
    marks &= ((uint64_t)1 << start) - 1;
  }
  // A byte that is no part of a run stands behind all that are left.
  while (marks != 0) {
    unsigned place = lowest(marks);
    if (masks.closed >> place & 1) {
      output = append_name(output, offset + place, offset + place, base, 0);
      marks &= marks - 1;
      continue;
    }
    unsigned start = behind_highest(outside & (((uint64_t)1 << place) - 1));
    unsigned end = place + lowest(outside >> place);
    output = append_name(output, offset + start, offset + end, base, shortest);
    marks &= ~(uint64_t)0 << end;
  }
  return output;
}

ALWAYS_INLINE int is_character(uint8_t byte) {
  return (uint8_t)((byte | 0x20) - 'a') < 26 || (uint8_t)(byte - '0') < 10;
}

#define NAMES_KERNEL(name, target, masks)                                                                             \
  target static void name(const uint8_t *bytes, size_t length, uint32_t base, size_t shortest,                        \
                          whittle_scan_name *names) {                                                                 \
    name_state state = {0, 0, 0, 0};                                                                                  \
    whittle_scan_name *output = names;                                                                                \
    size_t offset = 0;                                                                                                \
    for (; length - offset > WHITTLE_SCAN_BLOCK; offset += WHITTLE_SCAN_BLOCK) {                                      \
      uint64_t next = is_character(bytes[offset + WHITTLE_SCAN_BLOCK]);                                               \
      output = append_names(output, masks(bytes + offset), offset, next, base, shortest, &state);                     \
    }                                                                                                                 \
    uint8_t rest[WHITTLE_SCAN_BLOCK];                                                                                 \
    memset(rest, ' ', sizeof rest);                                                                                   \
    if (offset < length) memcpy(rest, bytes + offset, length - offset);                                               \
    output = append_names(output, masks(rest), offset, 0, base, shortest, &state);                                    \
    if (state.is_open && state.has_digit) output = append_name(output, state.start, length, base, shortest);          \
    *output = (whittle_scan_name){UINT32_MAX, UINT32_MAX};                                                            \
  }

NAMES_KERNEL(find_names_portable, , names_portable)
#if defined(__x86_64__)
NAMES_KERNEL(find_names_sse2, , names_sse2)
NAMES_KERNEL(find_names_avx2, __attribute__((target("avx2,bmi"))), names_avx2)
NAMES_KERNEL(find_names_avx512, __attribute__((target("avx512f,avx512bw,bmi"))), names_avx512)
#endif

uint64_t whittle_scan_drawn_keys[2];

__attribute__((constructor)) static void draw_keys(void) {
  if (getentropy(whittle_scan_drawn_keys, sizeof whittle_scan_drawn_keys) == 0) return;
  // Without the system's random numbers: the time, and where the loader has put the program.
  struct timespec now = {0, 0};
  clock_gettime(CLOCK_REALTIME, &now);
  uint64_t mixed = (uint64_t)now.tv_nsec ^ (uint64_t)now.tv_sec << 30 ^ (uint64_t)(uintptr_t)&now << 16;
  whittle_scan_drawn_keys[0] = (mixed ^ (uint64_t)getpid()) * 0x9E3779B97F4A7C15;
  whittle_scan_drawn_keys[1] = (whittle_scan_drawn_keys[0] ^ whittle_scan_drawn_keys[0] >> 31) * 0xBF58476D1CE4E5B9;
}

int whittle_scan_supports(enum whittle_scan_kernel kernel) {
#if defined(__x86_64__)
  switch (kernel) {
  case WHITTLE_SCAN_PORTABLE:
  case WHITTLE_SCAN_SSE2: return 1;
  case WHITTLE_SCAN_AVX2:
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt") &&
           __builtin_cpu_supports("pclmul");
  case WHITTLE_SCAN_AVX512:
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("pclmul");
  case WHITTLE_SCAN_AVX512_VBMI2:
    return whittle_scan_supports(WHITTLE_SCAN_AVX512) && __builtin_cpu_supports("avx512vbmi2");
  }
  return 0;
#else
  return kernel == WHITTLE_SCAN_PORTABLE;
#endif
}

enum whittle_scan_kernel whittle_scan_fastest(void) {
  if (whittle_scan_supports(WHITTLE_SCAN_AVX512_VBMI2)) return WHITTLE_SCAN_AVX512_VBMI2;
  if (whittle_scan_supports(WHITTLE_SCAN_AVX512)) return WHITTLE_SCAN_AVX512;
  if (whittle_scan_supports(WHITTLE_SCAN_AVX2)) return WHITTLE_SCAN_AVX2;
  return whittle_scan_supports(WHITTLE_SCAN_SSE2) ? WHITTLE_SCAN_SSE2 : WHITTLE_SCAN_PORTABLE;
}

whittle_scan_result whittle_scan(enum whittle_scan_kernel kernel, const uint8_t *bytes, size_t count, uint32_t base,
                                 whittle_scan_state *state, uint32_t *quotes, uint32_t *backslashes) {
#if defined(__x86_64__)
  switch (kernel) {
  case WHITTLE_SCAN_PORTABLE: break;
  case WHITTLE_SCAN_SSE2: return scan_sse2(bytes, count, base, state, quotes, backslashes);
  case WHITTLE_SCAN_AVX2: return scan_avx2(bytes, count, base, state, quotes, backslashes);
  case WHITTLE_SCAN_AVX512: return scan_avx512(bytes, count, base, state, quotes, backslashes);
  case WHITTLE_SCAN_AVX512_VBMI2: return scan_avx512_vbmi2(bytes, count, base, state, quotes, backslashes);
  }
#else
  (void)kernel;
#endif
  return scan_portable(bytes, count, base, state, quotes, backslashes);
}

void whittle_scan_names(enum whittle_scan_kernel kernel, const uint8_t *bytes, size_t count, uint32_t base,
                        size_t shortest, whittle_scan_name *names) {
#if defined(__x86_64__)
  switch (kernel) {
  case WHITTLE_SCAN_PORTABLE: break;
  case WHITTLE_SCAN_SSE2: find_names_sse2(bytes, count, base, shortest, names); return;
  case WHITTLE_SCAN_AVX2: find_names_avx2(bytes, count, base, shortest, names); return;
  case WHITTLE_SCAN_AVX512:
  case WHITTLE_SCAN_AVX512_VBMI2: find_names_avx512(bytes, count, base, shortest, names); return;
  }
#else
  (void)kernel;
#endif
  find_names_portable(bytes, count, base, shortest, names);
}
