// What `whittle diff` says: what is granted, held against what was used.

public import LeastPrivilege

/// The comparison of one run, for the renderers of its formats.
public struct DiffReport: Sendable {
  /// The comparison.
  public var diff: PolicyDiff
  /// The recorded use that was compared.
  public var basis: UsageReport

  /// What was found of the accounts as a whole.
  public var findings: FindingsReport

  /// Creates a report.
  ///
  /// - Parameters:
  ///   - diff: The comparison.
  ///   - basis: The recorded use that was compared.
  ///   - findings: What was found of the accounts as a whole.
  public init(_ diff: PolicyDiff, basis: UsageReport, findings: AccountFindings = AccountFindings()) {
    self.diff = diff
    self.basis = basis
    self.findings = FindingsReport(findings)
  }
}

extension GrantStatus {
  /// The status in the words of the text formats.
  var words: String {
    switch self {
    case .used: "used"
    case .partlyUsed: "partly used"
    case .unused: "unused"
    case .notObservable: "not observable"
    case .accessed: "accessed"
    case .ineffective: "ineffective"
    }
  }

  /// The status as the title of a column.
  var title: String { words.prefix(1).uppercased() + words.dropFirst() }

  /// How the status looks on a terminal.
  var style: TextStyle {
    switch self {
    case .used: .good
    case .partlyUsed: .warning
    case .unused: .bad
    case .notObservable, .ineffective: .dim
    case .accessed: .warning
    }
  }
}

extension PolicySource {
  /// The policy in the words of the text formats.
  var words: String {
    switch kind {
    case .inline: "\(name) (inline)"
    case .groupInline: "\(name) (inline in group \(group ?? "?"))"
    case .managed: "\(name) (customer managed)"
    case .groupManaged: "\(name) (customer managed, by group \(group ?? "?"))"
    case .awsManaged: "\(name) (AWS managed)"
    case .groupAWSManaged: "\(name) (AWS managed, by group \(group ?? "?"))"
    }
  }
}

extension PrincipalDiff {
  /// The counts of all access levels together.
  var total: LevelCounts { LevelCounts(total: counts) }
}
