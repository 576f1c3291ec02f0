// A line on standard error that says how far the reading has come.

import Glibc
import Reporting
import Synchronization

/// Shows files and bytes, at most ten times a second.
///
/// A class because the threads of a scan share it.
final class ProgressMeter: Sendable {
  private let next = Mutex(ContinuousClock.now)

  /// Shows how far the reading has come, unless that was shown a moment ago.
  ///
  /// - Parameters:
  ///   - files: How many files were finished.
  ///   - bytes: How many bytes were read.
  func show(files: Int, bytes: Int) {
    let isDue = next.withLock { next in
      let now = ContinuousClock.now
      if now < next { return false }
      next = now + .milliseconds(100)
      return true
    }
    if isDue { write("\rwhittle: \(progressText(files: files, bytes: bytes))\u{1B}[K") }
  }

  /// Takes the line away.
  func clear() { write("\r\u{1B}[K") }

  private func write(_ text: String) { _ = writeFully(Array(text.utf8), to: STDERR_FILENO) }
}
