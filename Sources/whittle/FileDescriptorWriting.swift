// The one place where bytes leave the process.

import Glibc

/// Writes all bytes to a descriptor.
///
/// - Parameters:
///   - bytes: The bytes.
///   - descriptor: An open descriptor.
/// - Returns: Zero, or the `errno` of the write that failed; `EPIPE` where the reader has gone.
package func writeFully(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
  var written = 0
  while written < bytes.count {
    // The buffer is valid for the length that is left of it, and `write` only reads.
    let count = unsafe bytes.withUnsafeBytes { buffer in
      unsafe write(
        descriptor, UnsafeRawBufferPointer(rebasing: buffer[written...]).baseAddress, buffer.count - written)
    }
    if count >= 0 {
      written += count
    } else if errno == EAGAIN {
      // Standard output may be a non-blocking descriptor that another program left behind.
      var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      _ = unsafe Glibc.poll(&poll, 1, -1)
    } else if errno != EINTR {
      return errno
    }
  }
  return 0
}
