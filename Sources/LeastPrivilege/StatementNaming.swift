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
    var result = drafts.sorted(by: precedes)
    var counts: [String: Int] = [:]
    var known: [String: Traits] = [:]
    for index in result.indices {
      let name = name(of: result[index], catalog: catalog, &known)
      let number = counts[name, default: 0] + 1
      counts[name] = number
      result[index].sid = number == 1 ? name : "\(name)\(number)"
    }
    return result
  }

  /// Whether a statement stands before another: by actions, then resources, then conditions.
  private static func precedes(_ left: StatementDraft, _ right: StatementDraft) -> Bool {
    if let first = left.actions.first, let other = right.actions.first, first != other {
      return first < other
    }
    if left.actions != right.actions { return left.actions.lexicographicallyPrecedes(right.actions) }
    if left.resources != right.resources { return left.resources.lexicographicallyPrecedes(right.resources) }
    return left.conditions.flatMap(\.words).lexicographicallyPrecedes(right.conditions.flatMap(\.words))
  }

  /// What a name says of one action.
  private struct Traits {
    var service: String?
    var levels: Set<AccessLevel>
  }

  /// The name without number: the service, then the access levels of its actions.
  private static func name(
    of draft: StatementDraft, catalog: Catalog, _ known: inout [String: Traits]
  ) -> String {
    var services: Set<String> = []
    var levels: Set<AccessLevel> = []
    for action in draft.actions {
      let traits: Traits
      if let found = known[action] {
        traits = found
      } else {
        traits = Traits(
          service: action.split(separator: ":").first.map(String.init),
          levels: Set(accessLevels(of: action, catalog: catalog)))
        known[action] = traits
      }
      if let service = traits.service { services.insert(service) }
      levels.formUnion(traits.levels)
    }
    var name = "Several"
    if services.count == 1, let service = services.first {
      let letters = service.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
      name = letters.prefix(1).uppercased() + letters.dropFirst()
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
