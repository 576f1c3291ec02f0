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

  /// An action or a resource, and the statements that hold it, ascending.
  private typealias Name = (text: String, statements: [Int])

  /// The actions and resources of statements by number: equal ones under equal conditions have the same.
  private struct Names {
    /// A statement's actions and resources; none of those that are kept as they stand.
    private(set) var statements: [(actions: [Int], resources: [Int])] = []
    /// The actions by number.
    private(set) var actions: [Name] = []
    /// The resources by number.
    private(set) var resources: [Name] = []

    init(_ drafts: [StatementDraft]) {
      var blocks: [[Condition]: (actions: [String: Int], resources: [String: Int])] = [:]
      for (index, draft) in drafts.enumerated() {
        guard draft.verbatim == nil else {
          statements.append(([], []))
          continue
        }
        let own = { (text: String, numbers: inout [String: Int], names: inout [Name]) -> Int in
          let number = numbers[text] ?? names.count
          if number == names.count {
            numbers[text] = number
            names.append((text, []))
          }
          names[number].statements.append(index)
          return number
        }
        var block = blocks.removeValue(forKey: draft.conditions) ?? ([:], [:])
        statements.append(
          (
            draft.actions.map { own($0, &block.actions, &actions) },
            draft.resources.map { own($0, &block.resources, &resources) }
          ))
        blocks[draft.conditions] = block
      }
    }
  }

  /// Works the bound out.
  ///
  /// - Parameter drafts: Statements that allow the permissions, grouped and cut in any way.
  /// - Complexity: O(*n*²) in the number of statements, and linear in the length of their lists.
  init(_ drafts: [StatementDraft]) {
    let names = Names(drafts)
    // A list of one value takes three characters less than its values by themselves, longer ones one less.
    characters = names.actions.reduce(0) { $0 + StatementDraft.listSize(of: $1.text) }
    characters += names.resources.reduce(0) { $0 + StatementDraft.listSize(of: $1.text) }
    for index in Self.unshareable(drafts, names) {
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
  private static func unshareable(_ drafts: [StatementDraft], _ names: Names) -> [Int] {
    func allows(_ action: Int, _ resource: Int) -> Bool {
      let holders = names.resources[resource].statements
      var place = 0
      for statement in names.actions[action].statements {
        while place < holders.count, holders[place] < statement { place += 1 }
        if place < holders.count, holders[place] == statement { return true }
      }
      return false
    }
    var chosen: [(index: Int, action: Int, resource: Int)] = []
    for (index, draft) in drafts.enumerated() where draft.verbatim == nil {
      // The resource that the fewest others have is the hardest to share.
      let rarest = names.statements[index].resources.min {
        let left = names.resources[$0]
        let right = names.resources[$1]
        return left.statements.count != right.statements.count
          ? left.statements.count < right.statements.count : left.text < right.text
      }
      guard let action = names.statements[index].actions.first, let resource = rarest else { continue }
      let canShare = chosen.contains { other in
        drafts[other.index].conditions == draft.conditions
          && allows(action, other.resource) && allows(other.action, resource)
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
