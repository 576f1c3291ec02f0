// A statement while it is being made: what it says and the uses behind it.

import IAM
import JSONStream

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
    if verbatim != nil { return Self.size(of: statement) }
    var frame = statement
    frame.actions = .action([])
    frame.resources = .resource([])
    let emptyList = 2
    return Self.size(of: frame) - 2 * emptyList + Self.size(of: actions) + Self.size(of: resources)
  }

  /// The size of a statement, alone in its list.
  private static func size(of statement: Statement) -> Int {
    PolicyDocument(statements: [statement]).managedPolicySize - emptyPolicySize
  }

  /// The characters of a list as `Action` and `Resource` have it: one value stands without brackets.
  private static func size(of list: [String]) -> Int {
    list.reduce(list.count == 1 ? 0 : 2 + max(0, list.count - 1)) { $0 + quotedSize(of: $1) }
  }

  /// The characters of a text as JSON has it, quotes counted.
  private static func quotedSize(of text: String) -> Int {
    let bytes = text.utf8.span
    for index in 0..<bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), 0..<0x20, 0x7F...:
        var quoted: [UInt8] = []
        JSONWriter.quote(text, into: &quoted)
        return quoted.count { $0 & 0xC0 != 0x80 }
      default: continue
      }
    }
    return bytes.count + 2
  }

  /// The size of a policy without statements.
  static let emptyPolicySize = PolicyDocument(statements: []).managedPolicySize

  /// The characters that a value takes in a list, quotes and comma counted.
  static func listSize(of value: String) -> Int {
    value.unicodeScalars.reduce(3) { $0 + ($1 == "\"" || $1 == "\\" ? 2 : 1) }
  }
}
