// How few policies could hold the same permissions, however they were grouped into statements.
//
// Statements as they stand can be packed only so well; other statements might be packed better. What no grouping can
// avoid:
//
//   names      every action and every resource has to stand somewhere, once for each block of conditions
//   frames     permissions that cannot share a statement need one each. Two of them, an action on a resource each, share
//              one only if each action may also be used on the other's resource, since a statement allows the whole
//              product of its lists. So a set of permissions of which no two can share (a fooling set of the bipartite
//              graph) is a number of statements that every grouping has.
//
// The sum of both, spread over policies without a gap, is a bound. Statement ids are not counted: IAM does not ask for
// them.

import IAM

/// A bound for the number of policies that a set of permissions needs.
struct PackingBound {
  /// The fewest characters that the statements take, each counted with a comma behind it.
  private(set) var characters = 0

  /// An action or a resource under conditions.
  private struct Name: Hashable {
    var text: String
    var conditions: [Condition]
  }

  /// Works the bound out.
  ///
  /// - Parameter drafts: Statements that allow the permissions, grouped and cut in any way.
  /// - Complexity: O(*n*²) in the number of statements, and linear in the length of their lists.
  init(_ drafts: [StatementDraft]) {
    var actions: [Name: [Int]] = [:]
    var resources: Set<Name> = []
    for (index, draft) in drafts.enumerated() where draft.verbatim == nil {
      for action in draft.actions {
        actions[Name(text: action, conditions: draft.conditions), default: []].append(index)
      }
      for resource in draft.resources {
        resources.insert(Name(text: resource, conditions: draft.conditions))
      }
    }
    // A list of one value takes three characters less than its values by themselves, longer ones one less.
    characters = actions.keys.reduce(0) { $0 + StatementDraft.listSize(of: $1.text) }
    characters += resources.reduce(0) { $0 + StatementDraft.listSize(of: $1.text) }
    for index in Self.unshareable(drafts, actions) {
      characters += Self.frame(of: drafts[index]) - 2 * 3 + 1
    }
    for draft in drafts where draft.verbatim != nil { characters += Self.frame(of: draft) + 1 }
  }

  /// The fewest policies.
  ///
  /// - Parameter capacity: What the statements of one policy may take together.
  /// - Returns: A number that no grouping goes below.
  func policies(capacity: Int) -> Int {
    characters == 0 ? 0 : max(1, (characters + capacity - 1) / max(capacity, 1))
  }

  /// Statements of which no two hold permissions that could share one.
  private static func unshareable(_ drafts: [StatementDraft], _ actions: [Name: [Int]]) -> [Int] {
    let lists = drafts.map { Set($0.resources) }
    var counts: [Name: Int] = [:]
    for draft in drafts where draft.verbatim == nil {
      for resource in draft.resources {
        counts[Name(text: resource, conditions: draft.conditions), default: 0] += 1
      }
    }
    func allows(_ action: String, _ resource: String, _ conditions: [Condition]) -> Bool {
      (actions[Name(text: action, conditions: conditions)] ?? []).contains { lists[$0].contains(resource) }
    }
    var chosen: [(index: Int, action: String, resource: String)] = []
    for (index, draft) in drafts.enumerated() where draft.verbatim == nil {
      // The resource that the fewest others have is the hardest to share.
      let rarest = draft.resources.min {
        let left = counts[Name(text: $0, conditions: draft.conditions)] ?? 0
        let right = counts[Name(text: $1, conditions: draft.conditions)] ?? 0
        return left != right ? left < right : $0 < $1
      }
      guard let action = draft.actions.first, let resource = rarest else { continue }
      let canShare = chosen.contains { other in
        drafts[other.index].conditions == draft.conditions
          && allows(action, other.resource, draft.conditions)
          && allows(other.action, resource, draft.conditions)
      }
      if !canShare { chosen.append((index, action, resource)) }
    }
    return chosen.map(\.index)
  }

  /// The characters of a statement without its lists and its id; of one that is kept as it stands, without its id.
  private static func frame(of draft: StatementDraft) -> Int {
    var statement = draft.statement
    statement.sid = nil
    if draft.verbatim == nil {
      statement.actions = .action([])
      statement.resources = .resource([])
    }
    return PolicyDocument(statements: [statement]).managedPolicySize - StatementDraft.emptyPolicySize
  }
}
