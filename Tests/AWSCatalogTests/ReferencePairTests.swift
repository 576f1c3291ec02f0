// Real (event source, event name) pairs with the actions that authorise them, from a folder beside the repository.

import AWSCatalog
import Foundation
import Testing

@Suite struct ReferencePairTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/reference")

  static func lines(_ name: String) -> [[String]] {
    guard let text = try? String(contentsOf: folder.appending(path: name), encoding: .utf8) else { return [] }
    return text.split(separator: "\n").dropFirst().map { line in
      line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
  }

  /// Where the catalog differs from the table on purpose, and why.
  static let argued = [
    "ec2.amazonaws.com CreateFleet":
      "the roles of a fleet stand in its launch templates, so no request proves that one was passed",
    "organizations.amazonaws.com CreateAccount":
      "`roleName` names a role that is made in the new account; no role of the caller's account is passed",
  ]

  /// At least 99 of 100 pairs resolve to the actions that the table states, and never to one outside the catalog.
  @Test(
    .enabled(if: !lines("event-pairs.tsv").isEmpty, "no folder ../shared/reference beside the repository"))
  func realPairsResolveToTheirActions() {
    let catalog = Catalog.embedded
    let pairs = Self.lines("event-pairs.tsv")
    var wrong: [String] = []
    for pair in pairs {
      let mapping = catalog.operation(source: pair[0], name: pair[1])
      for action in mapping.actions + mapping.conditionalActions {
        #expect(catalog.canonicalName(action) == action)
      }
      if !agrees(mapping, pair[3]) {
        wrong.append(
          "\(pair[0]) \(pair[1]): \(mapping.kind) \(mapping.actions) \(mapping.conditionalActions), not \(pair[3])"
        )
      }
    }
    let unargued = wrong.filter { line in !Self.argued.keys.contains { line.hasPrefix($0 + ":") } }
    #expect(
      wrong.count * 100 <= pairs.count, "\(wrong.count) of \(pairs.count): \(wrong.joined(separator: "\n"))")
    #expect(unargued.isEmpty, "\(unargued.joined(separator: "\n"))")
  }

  /// The actions that AWS's own denial messages name are those of the catalog.
  @Test(
    .enabled(
      if: !lines("actions-stated-by-aws.tsv").isEmpty, "no folder ../shared/reference beside the repository"))
  func deniedCallsNameTheirAction() {
    let catalog = Catalog.embedded
    // `iam:Action` is AWS's placeholder in an example of its documentation.
    for line in Self.lines("actions-stated-by-aws.tsv") where line[2] != "iam:Action" {
      let mapping = catalog.operation(source: line[0], name: line[1])
      #expect(mapping.actions.contains(line[2]), "\(line[0]) \(line[1])")
    }
  }

  /// Holds a mapping against actions parted by `;`, of which `?` marks conditional ones and `|` parts alternatives.
  private func agrees(_ mapping: OperationMapping, _ stated: String) -> Bool {
    if stated == "(none)" { return mapping.kind == .noPermissionNeeded || mapping.kind == .notACall }
    var always: Set<String> = []
    for part in stated.split(separator: ";").map(String.init) {
      if part.hasSuffix("?") {
        guard mapping.conditionalActions.contains(String(part.dropLast())) else { return false }
      } else if part.contains("|") {
        // The first alternative has the service prefix, which stands for all.
        let service = part.prefix { $0 != ":" }
        let names = part.dropFirst(service.count + 1).split(separator: "|")
        guard names.allSatisfy({ mapping.conditionalActions.contains("\(service):\($0)") }) else {
          return false
        }
      } else {
        always.insert(part)
      }
    }
    return Set(mapping.actions) == always
  }
}
