// The consumer that turns events into a ledger.

import AWSCatalog
import CloudTrail
import JSONStream

/// Resolves events and records them.
///
/// Real trails repeat themselves: most events say what an earlier one said, at another time. Resolutions are kept by the
/// all that they are made from, a bounded number of them, and looked up before they are made. The response is no part of
/// the events' digest, so events that have one are resolved each time.
struct UsageRecorder: EventConsumer {
  /// How many resolutions are kept; all are dropped when there are more.
  private static let capacity = 16_384
  /// How many uses are recorded before families are looked at for the first time.
  private static let leastUses = 16_384

  /// What a resolution is made from.
  private struct Facts: Hashable {
    let digest: EventDigest
    let kind: EventKind
    let recipient: String?
    let service: String?

    init(_ event: CloudTrailEvent) {
      digest = event.digest
      kind = event.kind
      recipient = event.recipientAccountID
      service = event.sourceIPAddress.flatMap { $0.hasSuffix(".amazonaws.com") ? $0 : nil }
    }
  }

  private(set) var ledger = UsageLedger()
  /// How many uses the ledger may have before its families are generalised.
  private var usesBeforeGeneralizing = UsageRecorder.leastUses
  private let filter: EventFilter
  private let resolver: ActionResolver
  private var known: [Facts: Resolution] = [:]

  /// Creates a recorder with an empty ledger.
  ///
  /// - Parameters:
  ///   - filter: Which events count.
  ///   - catalog: The reference data.
  init(filter: EventFilter, catalog: Catalog) {
    self.filter = filter
    self.resolver = ActionResolver(catalog: catalog)
  }

  mutating func consume(_ event: CloudTrailEvent) { _ = recorded(event) }

  /// Records an event if the filter lets it through.
  ///
  /// - Parameter event: The event.
  /// - Returns: What it needed, or `nil` where the filter left it out.
  mutating func recorded(_ event: CloudTrailEvent) -> Resolution? {
    let principal = Principal(event)
    guard filter.covers(event, principal) else { return nil }
    guard filter.selects(event, principal) else {
      ledger.recordCoverage(event)
      return nil
    }
    let resolution = resolution(event)
    ledger.record(event, resolution)
    if ledger.uses.count >= usesBeforeGeneralizing { generalize() }
    return resolution
  }

  mutating func merge(_ other: UsageRecorder) {
    ledger.merge(other.ledger)
    if ledger.uses.count >= usesBeforeGeneralizing { generalize() }
  }

  /// Generalises large families, and lets as many uses as remain come before the next time: a constant share of the work.
  private mutating func generalize() {
    ledger.generalize()
    usesBeforeGeneralizing = max(UsageRecorder.leastUses, 2 * ledger.uses.count)
  }

  private mutating func resolution(_ event: CloudTrailEvent) -> Resolution {
    guard event.responseElements == .null else { return resolver.resolve(event) }
    let facts = Facts(event)
    if let resolution = known[facts] { return resolution }
    let resolution = resolver.resolve(event)
    if known.count >= UsageRecorder.capacity { known.removeAll(keepingCapacity: true) }
    known[facts] = resolution
    return resolution
  }
}
