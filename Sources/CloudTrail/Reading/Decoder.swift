// A decompressor of the C library, owned by a Swift object.

import CInflate

/// One stage of decompression.
///
/// A class because the C decoder is a resource that must be freed exactly once. It is unchecked that
/// it is sendable: each belongs to one stream, which one thread at a time reads.
@safe final class Decoder: @unchecked Sendable {
  /// What a decoder decodes.
  enum Format {
    case gzip, zstandard

    /// The format whose magic number the bytes begin with, if any.
    init?(magic bytes: ArraySlice<UInt8>) {
      if bytes.starts(with: [0x1F, 0x8B]) {
        self = .gzip
      } else if bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD])
        // A skippable frame: what parallel and seekable compressors put before the others.
        || bytes.dropFirst().starts(with: [0x2A, 0x4D, 0x18])
          && (0x50...0x5F).contains(bytes[bytes.startIndex])
      {
        self = .zstandard
      } else {
        return nil
      }
    }
  }

  /// Why a step ended.
  enum Outcome {
    case more, memberEnd
    case corrupt(String)
  }

  let format: Format
  private let handle: OpaquePointer

  /// Makes a decoder, or returns `nil` where the library for the format is not installed.
  init?(_ format: Format) {
    let handle = unsafe whittle_decoder_create(format == .gzip ? WHITTLE_GZIP : WHITTLE_ZSTD)
    guard let handle = unsafe handle else { return nil }
    unsafe self.handle = handle  // owned by this object until `deinit`
    self.format = format
  }

  deinit { unsafe whittle_decoder_destroy(handle) }

  /// Prepares for the beginning of a member.
  func reset() -> Bool { unsafe whittle_decoder_reset(handle) != 0 }

  /// Decodes as much of the input as fits into the output.
  ///
  /// - Parameters:
  ///   - input: Encoded bytes.
  ///   - output: Where decoded bytes are appended, as many as there is room for.
  /// - Returns: How much was read, and why the step ended.
  func step(_ input: ArraySlice<UInt8>, into output: inout ByteBuffer) -> (read: Int, outcome: Outcome) {
    var read = input.count
    var result = WHITTLE_DECODER_MORE
    unsafe output.append { destination in
      var written = destination.count
      // The C function stays within the lengths that it is given.
      result = unsafe input.withUnsafeBufferPointer { source in
        unsafe whittle_decoder_step(handle, source.baseAddress, &read, destination.baseAddress, &written)
      }
      return written
    }
    switch result {
    case WHITTLE_DECODER_MORE: return (read, .more)
    case WHITTLE_DECODER_MEMBER_END: return (read, .memberEnd)
    default: return (read, .corrupt(unsafe String(cString: whittle_decoder_message(handle))))
    }
  }
}
