// Statement ids that say what a statement is for.

import AWSCatalog
import IAM
import JSONStream

/// Sorts statements and gives each a `Sid` of letters and digits, such as `S3ReadWrite2`.
///
/// A class, because it remembers what it has asked the catalog: the statements of one principal are named several times.
final class StatementNaming {
  private let catalog: Catalog
  private var known: [String: Traits] = [:]

  /// Prepares for naming.
  ///
  /// - Parameter catalog: The AWS reference, for access levels.
  init(catalog: Catalog) { self.catalog = catalog }

  /// The statements sorted and with ids that are unique among them.
  ///
  /// - Parameter drafts: The statements.
  /// - Returns: The statements in order.
  func named(_ drafts: [StatementDraft]) -> [StatementDraft] {
    var result = drafts.sorted(by: Self.precedes)
    var counts: [String: Int] = [:]
    for index in result.indices {
      let name = name(of: result[index])
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
    var service: String
    var levels: Set<AccessLevel>
  }

  /// The name without number: the service, then the access levels of its actions.
  private func name(of draft: StatementDraft) -> String {
    var services: Set<String> = []
    var levels: Set<AccessLevel> = []
    for action in draft.actions {
      let traits = traits(of: action)
      services.insert(traits.service)
      levels.formUnion(traits.levels)
    }
    var name = "Several"
    if services.count == 1, let service = services.first {
      var letters = service.utf8.filter(\.isAlphanumeric)
      if let first = letters.first, !first.isDigit { letters[0] = first & ~0x20 }
      name = String(decoding: letters, as: UTF8.self)
    }
    for level in AccessLevel.allCases where levels.contains(level) {
      name += level == .permissionsManagement ? "Permissions" : level.rawValue
    }
    return name
  }

  private func traits(of action: String) -> Traits {
    if let traits = known[action] { return traits }
    let text = action.utf8.span
    let levels =
      action.hasByte(UInt8(ascii: "*"))
      ? catalog.actionTraits(matching: action).map(\.accessLevel)
      : catalog.accessLevel(of: action).map { [$0] } ?? []
    let service = text.extracting(..<(text.offset(of: UInt8(ascii: ":")) ?? text.count))
    let traits = Traits(service: String(bytes: service), levels: Set(levels))
    known[action] = traits
    return traits
  }
}
