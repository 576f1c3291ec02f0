// Templates that the threads of a scan make together.

import JSONStream
import Synchronization

/// What threads know of skeletons: what one of them has found out, the others need not find out again.
///
/// A thread asks for what it does not know itself, which is rare, and tells what it has found out. What is known changes
/// the speed only.
final class SharedTemplates: Sendable {
  /// What is known of a skeleton.
  enum Entry: Sendable {
    /// Calls of it differ by a further part.
    case fork
    /// A call of it was met.
    case met
    /// Rules look at the names in its calls.
    case named
    /// What its calls need, how many large parts decide that, and their sort.
    case template(ResolutionTemplate, parts: Int, CallSort)
  }

  private static let mostEntries = 1 << 17

  private let entries = Mutex<[JSONDigest: Entry]>([:])

  /// Creates an empty table.
  init() {}

  /// What is known of a skeleton.
  ///
  /// - Parameter key: Its key.
  /// - Returns: What is known, or `nil`.
  func find(_ key: JSONDigest) -> Entry? { entries.withLock { $0[key] } }

  /// Tells what was found out.
  ///
  /// - Parameters:
  ///   - entry: What is known.
  ///   - key: The key of the skeleton.
  func add(_ entry: Entry, _ key: JSONDigest) {
    entries.withLock { entries in
      if entries.count < SharedTemplates.mostEntries { entries[key] = entry }
    }
  }
}
