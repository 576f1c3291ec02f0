// Decompression behind one small interface: gzip by zlib, Zstandard by libzstd where it is installed. Where libdeflate is
// installed, it decodes whole gzip members that are in memory, at more than twice the speed of zlib.
#ifndef WHITTLE_CINFLATE_H
#define WHITTLE_CINFLATE_H

#include <stddef.h>
#include <stdint.h>

/// What a decoder decodes.
enum whittle_decoder_format { WHITTLE_GZIP, WHITTLE_ZSTD };

/// Why a step ended.
enum whittle_decoder_result {
  /// The input is used up or the output is full.
  WHITTLE_DECODER_MORE,
  /// A member (gzip) or frame (Zstandard) has ended; the next step begins another one.
  WHITTLE_DECODER_MEMBER_END,
  /// The input is damaged; `whittle_decoder_message` says how.
  WHITTLE_DECODER_CORRUPT,
};

typedef struct whittle_decoder whittle_decoder;

/// The version of zlib in use, for diagnostics.
const char *whittle_inflate_version(void);

/// Makes a decoder, or returns NULL where memory or the library is missing.
whittle_decoder *whittle_decoder_create(enum whittle_decoder_format format);

/// Frees a decoder.
void whittle_decoder_destroy(whittle_decoder *decoder);

/// Makes a decoder ready for the beginning of a member. Returns 0 where that fails.
int whittle_decoder_reset(whittle_decoder *decoder);

/// Decodes as much as fits. On entry the lengths are what is there, on return what was used and written.
enum whittle_decoder_result whittle_decoder_step(whittle_decoder *decoder, const uint8_t *input,
                                                 size_t *input_length, uint8_t *output,
                                                 size_t *output_length);

/// What is wrong, after a step has returned WHITTLE_DECODER_CORRUPT. Lives as long as the decoder.
const char *whittle_decoder_message(const whittle_decoder *decoder);

/// Decodes whole gzip members.
typedef struct whittle_member_decoder whittle_member_decoder;

/// Makes a decoder of whole members, or returns NULL where memory or libdeflate is missing.
whittle_member_decoder *whittle_member_decoder_create(void);

/// Frees a decoder of whole members.
void whittle_member_decoder_destroy(whittle_member_decoder *decoder);

/// Decodes the gzip member that the input begins with, if it is sound and fits, and sets the lengths to what was used
/// and written. Otherwise returns 0, and the output holds nothing of use: what is wrong, and which bytes are good
/// nevertheless, a streaming decoder tells.
int whittle_member_decode(whittle_member_decoder *decoder, const uint8_t *input, size_t *input_length,
                          uint8_t *output, size_t *output_length);

#endif
