// Places statements into as few policies as IAM's quota allows.

import IAM

/// Packs statements into managed policies.
struct PolicyPacker {
  /// The most characters of a policy.
  let maximumSize: Int

  /// What the id of a part ends in until parts are numbered: as long as the longest number and word can be.
  static let partMark = "Partxxxx"

  /// Statements by policy, with the bound.
  struct Result {
    /// The statements of each policy, in their own order.
    var policies: [[StatementDraft]]
    /// No packing of the same statements, split or whole, needs fewer policies.
    var statementBound: Int
    /// No packing of any statements that allow the same needs fewer policies.
    var lowerBound = 0
    /// Statements that no policy of this size can hold, even split.
    var unplaceable: [StatementDraft]
  }

  /// What the statements of one policy may take together, each counted with a comma behind it.
  var capacity: Int { maximumSize - StatementDraft.emptyPolicySize + 1 }

  /// Packs statements.
  ///
  /// Statements stay whole where that needs no more policies; those too big for one policy are cut along their
  /// longer list, and when cutting others saves a policy, they are cut too.
  ///
  /// - Parameter drafts: The statements, in the order in which they are to be read.
  /// - Returns: The policies.
  func pack(_ drafts: [StatementDraft]) -> Result {
    var pieces: [Sized] = []
    var placeable: [Sized] = []
    var unplaceable: [StatementDraft] = []
    for draft in drafts {
      let sized = Sized(draft, draft.size)
      let parts = split(sized, first: capacity)
      if parts.isEmpty { unplaceable.append(draft) } else { placeable.append(sized) }
      pieces += parts
    }
    let whole = BinPacking(sizes: pieces.map { $0.size + 1 }, capacity: capacity)
    // Cutting a statement never makes the whole smaller, so that the sum is a bound for every way of cutting.
    let total = placeable.reduce(0) { $0 + $1.size + 1 }
    let bound = (total + capacity - 1) / max(capacity, 1)
    var policies = whole.bins.map { $0.map { pieces[$0].draft } }
    if policies.count > bound {
      let cut = packCutting(placeable)
      if cut.count < policies.count { policies = cut }
    }
    return Result(policies: policies, statementBound: min(bound, policies.count), unplaceable: unplaceable)
  }

  /// A statement with its size.
  private typealias Sized = (draft: StatementDraft, size: Int)

  /// Fills one policy after another, cutting the statement that comes to lie across the end of one.
  private func packCutting(_ drafts: [Sized]) -> [[StatementDraft]] {
    var policies: [[StatementDraft]] = []
    var current: [StatementDraft] = []
    var room = capacity
    // Cutting costs a copy of the shorter list, so that the statements with long lists are cut and small ones fill.
    for sized in drafts.sorted(by: {
      $0.size != $1.size ? $0.size > $1.size : $0.draft.sid < $1.draft.sid
    }) {
      for part in split(sized, first: room) {
        if part.size + 1 > room {
          policies.append(current)
          current = []
          room = capacity
        }
        current.append(part.draft)
        room -= part.size + 1
      }
    }
    if !current.isEmpty { policies.append(current) }
    return policies.filter { !$0.isEmpty }
  }

  /// Cuts a statement into parts of which the first fits the room that is left and each fits a policy.
  ///
  /// - Parameters:
  ///   - sized: The statement.
  ///   - first: The room for the first part.
  /// - Returns: The parts; the statement alone where it fits; nothing where a single action on a single resource
  ///   is too big for a policy.
  private func split(_ sized: Sized, first: Int) -> [Sized] {
    let (draft, size) = sized
    if size < first { return [sized] }
    guard draft.verbatim == nil else { return size < capacity ? [sized] : [] }
    let alongResources =
      draft.resources.count > 1
      && (draft.actions.count == 1
        || draft.resources.reduce(0) { $0 + $1.utf8.count } >= draft.actions.reduce(0) { $0 + $1.utf8.count })
    let list = alongResources ? draft.resources : draft.actions
    guard list.count > 1 else { return size < capacity ? [sized] : [] }
    var parts: [StatementDraft] = []
    var room = first
    var chosen: [String] = []
    func part(_ values: [String]) -> StatementDraft {
      var part = draft
      if alongResources { part.resources = values } else { part.actions = values }

      part.sid = draft.sid + Self.partMark
      return part
    }
    // All but the list itself.
    let base = part([]).size
    var filled = base
    for value in list {
      let added = StatementDraft.listSize(of: value)
      if filled + added >= room, !chosen.isEmpty || room < capacity {
        if !chosen.isEmpty { parts.append(part(chosen)) }
        chosen = []
        filled = base
        room = capacity
      }
      chosen.append(value)
      filled += added
    }
    if !chosen.isEmpty { parts.append(part(chosen)) }
    // A part that is still too big has a single value here; the other list is cut next.
    var result: [Sized] = []
    for part in parts {
      let size = part.size
      if size < capacity {
        result.append((part, size))
      } else {
        var other = part
        other.sid = draft.sid
        guard (alongResources ? part.actions : part.resources).count > 1 else { return [] }
        let cut = split((other, other.size), first: capacity)
        if cut.isEmpty { return [] }
        result += cut
      }
    }
    return result
  }
}
