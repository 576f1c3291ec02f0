// A statement while it is being made: what it says and the uses behind it.

import IAM

/// One statement of a proposal before it has its place in a policy.
struct StatementDraft: Hashable {
  /// The statement id, unique within the principal's proposal.
  var sid = ""
  /// Allow, but for denies that are carried over.
  var effect: Statement.Effect = .allow
  /// The actions or action patterns, sorted.
  var actions: [String]
  /// The resources or patterns, sorted.
  var resources: [String]
  /// The conditions in canonical order.
  var conditions: [Condition] = []
  /// A statement of the current grant that is kept as it stands, such as a deny.
  var verbatim: Statement?
  /// Indices of the uses that the statement is for, sorted.
  var uses: [Int] = []

  /// The statement.
  var statement: Statement {
    if var verbatim {
      verbatim.sid = sid
      return verbatim
    }
    return Statement(
      sid: sid, effect: effect, actions: .action(actions), resources: .resource(resources),
      conditions: conditions)
  }

  /// The size in IAM's characters, alone in its list.
  var size: Int {
    PolicyDocument(statements: [statement]).managedPolicySize - Self.emptyPolicySize
  }

  /// The size of a policy without statements.
  static let emptyPolicySize = PolicyDocument(statements: []).managedPolicySize

  /// The characters that a value takes in a list, quotes and comma counted.
  static func listSize(of value: String) -> Int {
    value.unicodeScalars.reduce(3) { $0 + ($1 == "\"" || $1 == "\\" ? 2 : 1) }
  }
}
