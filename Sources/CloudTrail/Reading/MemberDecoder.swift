// The decoder of whole gzip members, owned by a Swift object.

import CInflate

/// Decodes gzip members that are in memory as a whole, by libdeflate.
///
/// A class because the C decoder is a resource that must be freed exactly once. It is unchecked that
/// it is sendable: each belongs to one stream, which one thread at a time reads.
@safe final class MemberDecoder: @unchecked Sendable {
  private let handle: OpaquePointer

  /// Makes a decoder, or returns `nil` where the library is not installed.
  init?() {
    guard let handle = unsafe whittle_member_decoder_create() else { return nil }
    unsafe self.handle = handle  // owned by this object until `deinit`
  }

  deinit { unsafe whittle_member_decoder_destroy(handle) }

  /// Decodes the member that the input begins with, if it is sound and fits.
  ///
  /// - Parameters:
  ///   - input: The member, and whatever follows it.
  ///   - output: Where decoded bytes are appended, as many as there is room for.
  /// - Returns: How long the member is, or `nil` where it must be decoded by a ``Decoder``; nothing is then appended.
  func decode(_ input: ArraySlice<UInt8>, into output: inout ByteBuffer) -> Int? {
    var read = input.count
    var isDecoded = false
    unsafe output.append { destination in
      var written = destination.count
      // The C function stays within the lengths that it is given.
      isDecoded = unsafe input.withUnsafeBufferPointer { source in
        unsafe whittle_member_decode(handle, source.baseAddress, &read, destination.baseAddress, &written)
          != 0
      }
      return isDecoded ? written : 0
    }
    return isDecoded ? read : nil
  }
}
