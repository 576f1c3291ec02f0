// What a comparison finds beside the statements of single principals: values for the renderers.

public import AWSCatalog
import CloudTrail
public import IAM
public import Usage

/// Findings about accounts as a whole, and about what the logs could not show.
public struct AccountFindings: Hashable, Sendable {
  /// What the logs cover, account by account.
  public var coverage: [AccountCoverage] = []
  /// Granted actions that can never be allowed, by principal, sorted; principals without any are left out.
  public var ineffective: [PrincipalIneffective] = []
  /// What nobody needs any more, sorted.
  public var deadWeight: [DeadWeight] = []
  /// Principals whose use is much the same, sorted.
  public var sharedShapes: [SharedShape] = []
  /// Roles that people use in clearly different ways, sorted.
  public var splitCandidates: [SplitCandidate] = []

  /// One principal's granted actions that can never be allowed.
  public struct PrincipalIneffective: Hashable, Sendable {
    /// The principal's ARN.
    public var principal: String
    /// The grants.
    public var grants: [IneffectiveGrant]
  }

  /// Creates findings of nothing.
  public init() {}

  /// Looks at everything that a comparison has.
  ///
  /// - Parameters:
  ///   - diff: The comparison.
  ///   - ledger: The recorded use.
  ///   - grants: What is granted.
  ///   - comparesAll: Whether every principal was compared, so that the findings can speak for groups and policies.
  ///   - readsAll: Whether the calls of every service were read, so that the findings can speak of no call at all.
  ///   - credentials: The accounts' credential reports.
  ///   - accesses: What AWS recorded of attempts.
  ///   - now: From when ages are counted; the newest event where that is not told.
  ///   - catalog: The AWS reference.
  public init(
    of diff: PolicyDiff, ledger: UsageLedger, grants: AccountGrants, comparesAll: Bool = true,
    readsAll: Bool = true,
    credentials: CredentialReport = CredentialReport(), accesses: LastAccessedReport = LastAccessedReport(),
    now: Timestamp? = nil, catalog: Catalog = .embedded
  ) {
    coverage = AccountCoverage.all(of: ledger.coverage)
    ineffective = diff.principals.filter { !$0.ineffective.isEmpty }.map {
      PrincipalIneffective(principal: $0.principal.identifier, grants: $0.ineffective)
    }
    var finder = DeadWeightFinder(
      diff: diff, ledger: ledger, grants: grants, readsAll: readsAll,
      now: now ?? ledger.events.lastSeen ?? credentials.latest, coverage: coverage, catalog: catalog)
    finder.findIdentities(credentials, accesses)
    finder.findBoundaries()
    if comparesAll { finder.findGroupsAndPolicies() }
    finder.findCredentials(credentials)
    deadWeight = finder.found.sorted()
    sharedShapes = SharedShape.all(of: ledger, among: diff.principals.map(\.principal))
    splitCandidates = SplitCandidate.all(
      of: ledger, among: diff.principals.map(\.principal), grants: grants)
  }
}

/// What the logs contain of one account.
public struct AccountCoverage: Hashable, Sendable {
  /// The account.
  public var account: String
  /// The regions with management events, sorted.
  public var regions: [String]
  /// The services with data events, with their regions, sorted.
  public var dataServices: [String]
  /// The stretch from the first to the last hour with management events; `nil` where there is none.
  public var window: Range<Timestamp>?
  /// How many hours of it have management events.
  public var hours: Int
  /// How many hours have none.
  public var missingHours: Int
  /// The longest stretches without management events, the earliest first.
  public var gaps: [Range<Timestamp>]

  /// How many gaps are told.
  private static let shownGaps = 10

  /// The coverage of every account, sorted.
  ///
  /// - Parameter coverage: What the logs contain.
  /// - Returns: An element an account.
  static func all(of coverage: Coverage) -> [AccountCoverage] {
    let byAccount = Dictionary(grouping: coverage.keys, by: \.account)
    return byAccount.sorted { $0.key < $1.key }.map { account, keys in
      var hours = HourSet()
      for key in keys where key.category == "Management" { hours.formUnion(coverage.hours[key] ?? HourSet()) }
      let stretches = hours.stretches
      let gaps = zip(stretches, stretches.dropFirst()).map { $0.upperBound..<$1.lowerBound }
      func seconds(_ range: Range<Timestamp>) -> Int64 {
        range.upperBound.secondsSinceEpoch - range.lowerBound.secondsSinceEpoch
      }
      let longest = gaps.sorted { (seconds($1), $0.lowerBound) < (seconds($0), $1.lowerBound) }
      let window = stretches.first.flatMap { first in stretches.last.map { first.lowerBound..<$0.upperBound }
      }
      return AccountCoverage(
        account: account,
        regions: Set(keys.filter { $0.category == "Management" }.map(\.region)).sorted(),
        dataServices: keys.filter { $0.category == "Data" }.map { "\($0.eventSource) in \($0.region)" }
          .sorted(),
        window: window, hours: hours.count,
        missingHours: gaps.reduce(0) { $0 + Int(clamping: seconds($1) / 3600) },
        gaps: longest.prefix(shownGaps).sorted { $0.lowerBound < $1.lowerBound })
    }
  }
}
