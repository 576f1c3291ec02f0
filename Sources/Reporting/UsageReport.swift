// What `whittle usage` says: who used which action on which resource, how often, when.

public import CloudTrail
import IAM
import LeastPrivilege
public import Usage

/// The usage of one run, for the renderers of its formats.
public struct UsageReport: Sendable {
  /// What was used.
  public var ledger: UsageLedger
  /// What was read, and what could not be.
  public var summary: LogSummary
  /// How many threads write lines.
  public var jobs: Int

  /// Creates a report.
  ///
  /// - Parameters:
  ///   - ledger: What was used.
  ///   - summary: What was read.
  ///   - jobs: How many threads write lines.
  public init(ledger: UsageLedger, summary: LogSummary, jobs: Int = 1) {
    self.ledger = ledger
    self.summary = summary
    self.jobs = jobs
  }
}

extension UsageReport {
  /// Visits the lines of the uses at some places of the ledger: one for each outcome of a use.
  ///
  /// - Parameters:
  ///   - places: The places, in the order in which they are visited.
  ///   - reader: Reads the uses of the ledger.
  ///   - visit: What is done with each line.
  func forEachLine(
    of places: some Sequence<Int>, _ reader: UseReader, _ visit: (UseKey, UseFacts, Outcome, Tally) -> Void
  ) {
    for place in places {
      let (key, facts) = reader.use(at: place)
      facts.forEachOutcome { outcome, tally in visit(key, facts, outcome, tally) }
    }
  }

  /// How many uses a thread writes together.
  private static let usesAtOnce = 512

  /// Writes the lines of all uses, sorted by principal, action, resource, context and outcome.
  ///
  /// Each thread keeps a few hundred lines at a time.
  ///
  /// - Parameters:
  ///   - notation: How lines are spelled.
  ///   - output: Where the bytes go.
  func writeLines<Notation: UseNotation>(
    _ notation: Notation.Type, to output: inout some ByteOutput & ~Copyable
  ) {
    let places = ledger.usesInOrder(jobs: jobs).flatMap(\.places)
    let parts = stride(from: 0, to: places.count, by: UsageReport.usesAtOnce).map { start in
      places[start..<min(start + UsageReport.usesAtOnce, places.count)]
    }
    parts.forEach(jobs: jobs) {
      (uses: UseWriter<Notation>(ledger.uses), text: [UInt8]())
    } work: { places, writer in
      writer.uses.append(places, to: &writer.text)
    } inOrder: { writer in
      output.write(writer.text)
      writer.text.removeAll(keepingCapacity: true)
      return output.isOpen
    }
  }

  /// One line for each principal, sorted.
  var principals: [PrincipalLine] { PrincipalLine.lines(of: ledger, ledger.usesInOrder(jobs: jobs)) }

  /// Events that are no calls under an identity policy, by kind, sorted by kind.
  var notCalls: [(kind: String, count: Int)] {
    var counts: [String: Int] = [:]
    for (kind, tally) in ledger.notCalls { counts[kind.text, default: 0] += tally.count }
    for (kind, count) in summary.skipped { counts[kind.rawValue, default: 0] += count }
    return counts.sorted { $0.key < $1.key }.map { (kind: $0.key, count: $0.value) }
  }

  /// How many files were damaged or could not be read.
  var damagedFiles: Int { Set(summary.damaged.map { ByteString($0.path) }).count }
}

/// A principal with what its uses add up to.
struct PrincipalLine {
  let principal: Principal
  let facts: PrincipalFacts
  let actions: Int
  let resources: Int

  /// One line for each principal of a ledger, sorted.
  ///
  /// - Parameters:
  ///   - ledger: The ledger.
  ///   - ordered: Its uses in order.
  /// - Returns: The lines.
  static func lines(of ledger: UsageLedger, _ ordered: [UsageLedger.PrincipalPlaces]) -> [PrincipalLine] {
    var used: [Principal: (actions: Int, resources: Int)] = [:]
    for uses in ordered { used[uses.principal] = ledger.distinct(uses) }
    return ledger.principals.sorted { $0.key < $1.key }.map { principal, facts in
      PrincipalLine(
        principal: principal, facts: facts, actions: used[principal]?.actions ?? 0,
        resources: used[principal]?.resources ?? 0)
    }
  }
}

extension Principal {
  /// Whether the principal acts under identity policies that a customer can see and change.
  var actsUnderIdentityPolicy: Bool {
    switch kind {
    case .role, .user: canCarryPolicy
    case .root, .federatedUser, .identityCenterUser: true
    case .webIdentityUser, .samlUser, .awsService, .awsAccount, .anonymous, .unknown: false
    }
  }
}

extension DamagedFile {
  /// Where the damage is and what it is, in one line without the path.
  package var place: String {
    var text = offset.map { "at byte \(grouped($0))" } ?? ""
    if offset != nil, isDecodedOffset { text += " of the decompressed text" }
    text += (text.isEmpty ? "" : ": ") + message
    return count > 1 ? text + " (and \(counted(count - 1, "more place")))" : text
  }
}
