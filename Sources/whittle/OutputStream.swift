// Where a command's answer goes: standard output, a device or pipe, or a file that is replaced as a whole.

import Glibc
import Reporting

/// A destination for an answer's bytes.
///
/// A file is written beside its destination under a temporary name, and takes the destination's name only in
/// ``finish()``; dropped before that, the temporary file goes and the old file stays as it was. Devices, pipes and
/// standard output are written directly. A reader that has gone (`| head -1`) is no error: what follows is
/// dropped, and ``isOpen`` says so to commands that would otherwise go on producing.
package struct OutputStream: ByteOutput, ~Copyable {
  private let path: String?
  private let temporary: String?
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var failure: Int32 = 0

  private static let bufferSize = 1 << 16

  /// Opens a destination.
  ///
  /// - Parameter path: A file's path; `nil` or `-` for standard output.
  /// - Throws: ``CommandError/Code/outputFailed`` where the destination cannot be opened.
  package init(_ path: String?) throws(CommandError) {
    guard let path, path != "-" else {
      self.path = nil
      temporary = nil
      descriptor = STDOUT_FILENO
      return
    }
    self.path = path
    var status = stat()
    // A link is followed, so that the file it leads to is replaced and the link stays.
    let exists = unsafe stat(path, &status) == 0
    if exists, status.st_mode & S_IFMT != S_IFREG {
      temporary = nil
      descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
    } else {
      let target = FileSystem.realPath(path) ?? path
      (descriptor, temporary) = OutputStream.createTemporary(beside: target)
      if descriptor >= 0, exists { _ = fchmod(descriptor, status.st_mode & 0o7777) }
    }
    if descriptor < 0 { throw OutputStream.error(path, errno) }
  }

  deinit {
    if descriptor != STDOUT_FILENO, descriptor >= 0 { close(descriptor) }
    if let temporary { _ = unsafe unlink(temporary) }
  }

  /// Whether anyone will read what is written.
  package var isOpen: Bool { failure == 0 }

  /// Appends bytes.
  ///
  /// - Parameter bytes: The bytes.
  package mutating func write(_ bytes: some Sequence<UInt8>) {
    buffer.append(contentsOf: bytes)
    if buffer.count >= OutputStream.bufferSize { flush() }
  }

  /// Hands everything written so far to the system.
  package mutating func flush() {
    if failure == 0 { failure = writeFully(buffer, to: descriptor) }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Writes what is left and puts the file in place.
  ///
  /// - Throws: ``CommandError/Code/outputFailed`` where a write failed, a reader that has gone aside.
  package consuming func finish() throws(CommandError) {
    flush()
    if failure != 0, failure != EPIPE { throw OutputStream.error(path ?? "standard output", failure) }
    guard let path, let temporary else { return }
    // Without this, a crash of the machine could leave the new name with no contents.
    if fsync(descriptor) != 0 { throw OutputStream.error(path, errno) }
    if unsafe rename(temporary, FileSystem.realPath(path) ?? path) != 0 {
      throw OutputStream.error(path, errno)
    }
  }

  /// The error of a destination that cannot be written.
  ///
  /// - Parameters:
  ///   - path: The destination.
  ///   - number: The `errno`.
  /// - Returns: The error.
  package static func error(_ path: String, _ number: Int32) -> CommandError {
    CommandError(.outputFailed, "cannot write `\(path)`: \(systemMessage(number))")
  }

  private static func createTemporary(beside target: String) -> (Int32, String?) {
    var template = Array("\(target).whittle-XXXXXX".utf8CString)
    let descriptor = unsafe mkstemp(&template)
    guard descriptor >= 0 else { return (-1, nil) }
    // mkstemp makes the file private; a fresh output has the permissions that any new file would get.
    let mask = umask(0)
    umask(mask)
    _ = fchmod(descriptor, 0o666 & ~mask)
    return (descriptor, String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
  }
}
