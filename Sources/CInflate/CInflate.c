#include "CInflate.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <zlib.h>

// libzstd is opened at run time, so that the program builds and runs without it. These are the parts of its
// stable interface ("Streaming decompression", zstd.h) that are used.
typedef struct {
  const void *source;
  size_t size;
  size_t position;
} zstd_input;

typedef struct {
  void *destination;
  size_t size;
  size_t position;
} zstd_output;

struct zstd_library {
  void *(*create)(void);
  size_t (*destroy)(void *);
  size_t (*start)(void *);
  size_t (*decompress)(void *, zstd_output *, zstd_input *);
  unsigned (*is_error)(size_t);
  const char *(*error_name)(size_t);
};

// libdeflate is opened at run time too. Its whole stable interface for one gzip member in memory (libdeflate.h) is:
struct whittle_member_decoder {
  void *state;
  void (*destroy)(void *);
  int (*decompress)(void *, const void *, size_t, void *, size_t, size_t *, size_t *);
};

struct whittle_decoder {
  enum whittle_decoder_format format;
  z_stream gzip;
  struct zstd_library library;
  void *zstd;
  const char *message;
};

const char *whittle_inflate_version(void) { return zlibVersion(); }

static int open_zstd(struct zstd_library *library) {
  void *handle = dlopen("libzstd.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!handle) handle = dlopen("libzstd.so", RTLD_NOW | RTLD_LOCAL);
  if (!handle) return 0;
  // POSIX guarantees that function pointers pass through dlsym; ISO C has no cast for it.
  *(void **)&library->create = dlsym(handle, "ZSTD_createDStream");
  *(void **)&library->destroy = dlsym(handle, "ZSTD_freeDStream");
  *(void **)&library->start = dlsym(handle, "ZSTD_initDStream");
  *(void **)&library->decompress = dlsym(handle, "ZSTD_decompressStream");
  *(void **)&library->is_error = dlsym(handle, "ZSTD_isError");
  *(void **)&library->error_name = dlsym(handle, "ZSTD_getErrorName");
  return library->create && library->destroy && library->start && library->decompress &&
         library->is_error && library->error_name;
}

whittle_decoder *whittle_decoder_create(enum whittle_decoder_format format) {
  whittle_decoder *decoder = calloc(1, sizeof *decoder);
  if (!decoder) return NULL;
  decoder->format = format;
  if (format == WHITTLE_GZIP) {
    // 15 bits of window, and 16 for a gzip header and trailer with its checksum.
    if (inflateInit2(&decoder->gzip, 15 + 16) == Z_OK) return decoder;
  } else if (open_zstd(&decoder->library)) {
    decoder->zstd = decoder->library.create();
    if (decoder->zstd && whittle_decoder_reset(decoder)) return decoder;
    if (decoder->zstd) decoder->library.destroy(decoder->zstd);
  }
  free(decoder);
  return NULL;
}

void whittle_decoder_destroy(whittle_decoder *decoder) {
  if (decoder->format == WHITTLE_GZIP) {
    inflateEnd(&decoder->gzip);
  } else {
    decoder->library.destroy(decoder->zstd);
  }
  free(decoder);
}

int whittle_decoder_reset(whittle_decoder *decoder) {
  decoder->message = NULL;
  if (decoder->format == WHITTLE_GZIP) return inflateReset(&decoder->gzip) == Z_OK;
  return !decoder->library.is_error(decoder->library.start(decoder->zstd));
}

static enum whittle_decoder_result step_gzip(whittle_decoder *decoder, const uint8_t *input,
                                             size_t *input_length, uint8_t *output,
                                             size_t *output_length) {
  z_stream *stream = &decoder->gzip;
  // zlib counts in unsigned int; longer buffers are decoded in several steps.
  const size_t most = 1u << 30;
  size_t available = *input_length < most ? *input_length : most;
  size_t room = *output_length < most ? *output_length : most;
  stream->next_in = (z_const Bytef *)input;
  stream->avail_in = (uInt)available;
  stream->next_out = output;
  stream->avail_out = (uInt)room;
  int status = inflate(stream, Z_NO_FLUSH);
  *input_length = available - stream->avail_in;
  *output_length = room - stream->avail_out;
  switch (status) {
    case Z_STREAM_END:
      inflateReset(stream);
      return WHITTLE_DECODER_MEMBER_END;
    case Z_OK:
    case Z_BUF_ERROR:
      return WHITTLE_DECODER_MORE;
    default:
      decoder->message = stream->msg ? stream->msg : "not enough memory";
      return WHITTLE_DECODER_CORRUPT;
  }
}

static enum whittle_decoder_result step_zstd(whittle_decoder *decoder, const uint8_t *input,
                                             size_t *input_length, uint8_t *output,
                                             size_t *output_length) {
  zstd_input source = {input, *input_length, 0};
  zstd_output destination = {output, *output_length, 0};
  size_t status = decoder->library.decompress(decoder->zstd, &destination, &source);
  *input_length = source.position;
  *output_length = destination.position;
  if (decoder->library.is_error(status)) {
    decoder->message = decoder->library.error_name(status);
    return WHITTLE_DECODER_CORRUPT;
  }
  return status == 0 ? WHITTLE_DECODER_MEMBER_END : WHITTLE_DECODER_MORE;
}

enum whittle_decoder_result whittle_decoder_step(whittle_decoder *decoder, const uint8_t *input,
                                                 size_t *input_length, uint8_t *output,
                                                 size_t *output_length) {
  return decoder->format == WHITTLE_GZIP
             ? step_gzip(decoder, input, input_length, output, output_length)
             : step_zstd(decoder, input, input_length, output, output_length);
}

const char *whittle_decoder_message(const whittle_decoder *decoder) {
  return decoder->message ? decoder->message : "damaged data";
}

whittle_member_decoder *whittle_member_decoder_create(void) {
  void *handle = dlopen("libdeflate.so.0", RTLD_NOW | RTLD_LOCAL);
  if (!handle) handle = dlopen("libdeflate.so", RTLD_NOW | RTLD_LOCAL);
  if (!handle) return NULL;
  void *(*create)(void);
  *(void **)&create = dlsym(handle, "libdeflate_alloc_decompressor");
  whittle_member_decoder *decoder = calloc(1, sizeof *decoder);
  if (!decoder) return NULL;
  *(void **)&decoder->destroy = dlsym(handle, "libdeflate_free_decompressor");
  *(void **)&decoder->decompress = dlsym(handle, "libdeflate_gzip_decompress_ex");
  if (create && decoder->destroy && decoder->decompress) decoder->state = create();
  if (decoder->state) return decoder;
  free(decoder);
  return NULL;
}

void whittle_member_decoder_destroy(whittle_member_decoder *decoder) {
  decoder->destroy(decoder->state);
  free(decoder);
}

int whittle_member_decode(whittle_member_decoder *decoder, const uint8_t *input, size_t *input_length,
                          uint8_t *output, size_t *output_length) {
  // The flag FHCRC (RFC 1952, 2.3.1): libdeflate passes over the header's checksum, zlib tests it.
  if (*input_length < 4 || input[3] & 2) return 0;
  size_t used = 0, written = 0;
  if (decoder->decompress(decoder->state, input, *input_length, output, *output_length, &used, &written)) return 0;
  *input_length = used;
  *output_length = written;
  return 1;
}
