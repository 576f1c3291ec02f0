// What the threads of a scan find out together: what one of them knows, the others need not find out again.

import AWSCatalog
import JSONStream
import Synchronization

/// A resolver with what it looked up, which words are no names, and what is known of skeletons.
///
/// A thread asks for what it does not know itself, which is rare, and tells what it has found out. What is known changes
/// the speed only.
final class SharedResolver: Sendable {
  /// What is known of a skeleton.
  enum Entry: Sendable {
    /// Calls of it differ by a further part.
    case fork
    /// A call of it was met; with the draft of a template, where one was made.
    case met(ResolutionTemplate.Draft?)
    /// Rules look at the names in its calls.
    case named
    /// What its calls need, how many large parts decide that, and their sort.
    case template(ResolutionTemplate, parts: Int, CallSort)
  }

  private static let mostEntries = 1 << 17

  /// The resolver.
  let resolver: ActionResolver
  private let catalog: Catalog
  private let noLabels = Mutex<TemplateTable.Labels?>(nil)
  private let entries = Mutex<[JSONDigest: Entry]>([:])

  /// Creates what knows nothing yet.
  ///
  /// - Parameter catalog: The reference data, whose words are no names.
  init(_ catalog: Catalog) {
    self.catalog = catalog
    resolver = ActionResolver(catalog: catalog)
  }

  /// Labels of nothing, made when they are first asked for: that takes as long as resolving a hundred calls.
  var labels: TemplateTable.Labels {
    noLabels.withLock { labels in
      if let labels { return labels }
      let made = TemplateTable.Labels(catalog)
      labels = made
      return made
    }
  }

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
      if entries.count < SharedResolver.mostEntries { entries[key] = entry }
    }
  }
}
