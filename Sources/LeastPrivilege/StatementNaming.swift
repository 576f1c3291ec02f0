// Statement ids that say what a statement is for.

import AWSCatalog
import IAM

/// Sorts statements and gives each a `Sid` of letters and digits, such as `S3ReadWrite2`.
enum StatementNaming {
  /// The statements sorted and with ids that are unique among them.
  ///
  /// - Parameters:
  ///   - drafts: The statements.
  ///   - catalog: The AWS reference, for access levels.
  /// - Returns: The statements in order.
  static func named(_ drafts: [StatementDraft], catalog: Catalog) -> [StatementDraft] {
    var result = drafts.sorted { key(of: $0).lexicographicallyPrecedes(key(of: $1)) }
    var counts: [String: Int] = [:]
    for index in result.indices {
      let name = name(of: result[index], catalog: catalog)
      let number = counts[name, default: 0] + 1
      counts[name] = number
      result[index].sid = number == 1 ? name : "\(name)\(number)"
    }
    return result
  }

  private static func key(of draft: StatementDraft) -> [String] {
    draft.actions + ["\u{0}"] + draft.resources + ["\u{0}"]
      + draft.conditions.flatMap { [$0.operatorName, $0.key] + $0.values }
  }

  /// The name without number: the service, then the access levels of its actions.
  static func name(of draft: StatementDraft, catalog: Catalog) -> String {
    let services = Set(draft.actions.compactMap { $0.split(separator: ":").first.map(String.init) })
    var name = "Several"
    if services.count == 1, let service = services.first {
      let letters = service.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
      name = letters.prefix(1).uppercased() + letters.dropFirst()
    }
    var levels: Set<AccessLevel> = []
    for action in draft.actions where levels.count < AccessLevel.allCases.count {
      levels.formUnion(accessLevels(of: action, catalog: catalog))
    }
    for level in AccessLevel.allCases where levels.contains(level) {
      name += level == .permissionsManagement ? "Permissions" : level.rawValue
    }
    return name
  }

  private static func accessLevels(of action: String, catalog: Catalog) -> [AccessLevel] {
    action.contains("*")
      ? catalog.actionTraits(matching: action).map(\.accessLevel)
      : catalog.accessLevel(of: action).map { [$0] } ?? []
  }
}
