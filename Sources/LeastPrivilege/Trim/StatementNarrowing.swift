// Narrows one allowing statement to what was used, and to what the logs could not have shown.
//
// The kept actions fall in two: those that need the resources as they are (nobody can see on what they are used, or
// they take no resource), and those whose resources the log tells. Where narrowing the resources of the latter would
// take resources from the former, the statement is split:
//
//     Action  ec2:*          ec2:DescribeInstances  on  *
//     Resource    *    →     ec2:StopInstances      on  arn:aws:ec2:eu-west-1:111122223333:instance/i-1

import AWSCatalog
import IAM
import Usage

/// Works out the edits of one statement.
struct StatementNarrowing {
  /// The statement.
  let statement: Statement
  /// Its position in the document.
  let index: Int
  /// Whether `${…}` means something in the document.
  let hasVariables: Bool
  /// Who used what.
  let evidence: TrimEvidence
  /// How resources are generalised.
  let generalization: Generalization
  /// How closely to follow the use.
  let detail: TrimDetail
  /// The actions of the catalog.
  let table: ActionTable
  /// The AWS reference.
  let catalog: Catalog

  /// Actions that share their resources.
  private struct Part {
    var actions: Set<Int> = []
    var foreign: [String] = []
    var keepsUnknown = false
    var resources: [String]
  }

  /// The edits that narrow the statement; none where nothing of it is unused.
  ///
  /// - Parameter sids: The statement ids of the document; those of new statements are added.
  /// - Returns: The edits.
  func edits(sids: inout Set<String>) -> [PolicyText.Edit] {
    guard statement.effect == .allow, statement.resources != nil else { return [] }
    let resources = GrantedResources(statement.resources, hasVariables: hasVariables)
    let parts = self.parts(resources)
    if parts.isEmpty { return [.replaceStatement(index, with: [])] }
    if parts.count == 1 { return edits(to: parts[0], isInverted: resources.isInverted) }
    var statements: [Statement] = []
    for part in parts {
      var new = statement
      new.sid = statements.isEmpty ? statement.sid : statement.sid.map { Self.free($0, &sids) }
      new.actions = .action(values(of: part))
      new.resources = .resource(part.resources)
      statements.append(new)
    }
    return [.replaceStatement(index, with: statements)]
  }

  /// The edits of a statement that stays one.
  private func edits(to part: Part, isInverted: Bool) -> [PolicyText.Edit] {
    var edits: [PolicyText.Edit] = []
    if detail != .oldActions {
      let values = self.values(of: part)
      switch statement.actions {
      case .action(let old):
        if old != values { edits.append(.setValues(statement: index, element: .action, values: values)) }
      case .notAction:
        if table.granted(by: statement).actions.contains(where: { !part.actions.contains($0) }) {
          edits.append(
            .replaceElement(statement: index, element: .notAction, with: .action, values: values))
        }
      }
    }
    if !isInverted, case .resource(let old) = statement.resources, old != part.resources {
      edits.append(.setValues(statement: index, element: .resource, values: part.resources))
    }
    return edits
  }

  private func values(of part: Part) -> [String] {
    ActionNarrowing(statement: statement, table: table, catalog: catalog, detail: detail)
      .values(keeping: part.actions, foreign: part.foreign, keepsUnknown: part.keepsUnknown)
  }

  /// What stays of the statement; nothing where all of it is unused.
  private func parts(_ resources: GrantedResources) -> [Part] {
    let expansion = table.expansion(of: statement.actions)
    let texts = resources.patterns.map(\.text)
    var used: [Int: [RecordedUse]] = [:]
    // Actions that need the resources as they are, those of them that nobody can see, and uses on what is known.
    var whole = Part(resources: [])
    whole.keepsUnknown = !expansion.unknown.isEmpty
    var isOpen = whole.keepsUnknown
    var wholeUses: [RecordedUse] = []
    for (name, uses) in evidence.actions where matches(name) {
      let hits = uses.filter { resources.reached(by: $0) != nil }
      guard !hits.isEmpty else { continue }
      if let position = table.position(of: name, in: expansion.actions) {
        used[expansion.actions[position]] = hits
      } else {
        whole.foreign.append(name)
        wholeUses += hits
      }
    }
    var narrow: [Int: [RecordedUse]] = [:]
    let regions = GrantedRegions(statement.resources)
    let granted = Set(table.granted(by: statement).actions)
    for number in expansion.actions where granted.contains(number) || used[number] != nil {
      // Nobody knows on which resources it is used.
      let isHidden = evidence.isHidden(table.entries[number], regions: regions)
      if let hits = used[number] {
        if !isHidden, !hits.contains(where: { $0.isWithinPattern || $0.resource == "*" }) {
          narrow[number] = hits
          continue
        }
        wholeUses += hits
      } else if !isHidden {
        continue
      }
      whole.actions.insert(number)
      isOpen = isOpen || isHidden
    }
    let hasWhole = !whole.actions.isEmpty || !whole.foreign.isEmpty || whole.keepsUnknown
    guard hasWhole || !narrow.isEmpty else { return [] }
    let narrowing = ResourceNarrowing(
      resources: resources, generalization: generalization, hasVariables: hasVariables)
    whole.resources =
      isOpen || resources.isInverted ? texts : narrowing.reached(by: wholeUses)
    if resources.isInverted || narrow.isEmpty {
      whole.actions.formUnion(narrow.keys)
      return [whole]
    }
    var parts = narrowParts(narrow, narrowing)
    guard hasWhole else { return parts }
    let fresh = parts.contains { $0.resources.contains { !texts.contains($0) } }
    let reached = Set(parts.flatMap(\.resources))
    // A coarse wildcard would match the actions of the other part again, which would be split off time and again.
    if detail.isCoarse || !fresh && (!isOpen || whole.resources.allSatisfy(reached.contains)) {
      // Nothing that was narrowed would be lost in one statement.
      whole.actions.formUnion(narrow.keys)
      whole.resources = texts.filter { whole.resources.contains($0) || reached.contains($0) }
      return [whole]
    }
    if let equal = parts.firstIndex(where: { $0.resources == whole.resources }) {
      whole.actions.formUnion(parts.remove(at: equal).actions)
    }
    return [whole] + parts
  }

  /// The actions whose resources are known: one part, or one a service where wide patterns were narrowed.
  private func narrowParts(_ uses: [Int: [RecordedUse]], _ narrowing: ResourceNarrowing) -> [Part] {
    let numbers = uses.keys.sorted { table.entries[$0].action < table.entries[$1].action }
    func part(_ numbers: [Int]) -> Part {
      let own = numbers.compactMap { uses[$0] }
      return Part(
        actions: Set(numbers),
        resources: detail.narrowsResources ? narrowing.narrowed(to: own) : narrowing.reached(by: own.joined())
      )
    }
    let one = part(numbers)
    let old = Set(narrowing.resources.patterns.map(\.text))
    guard one.resources.contains(where: { !old.contains($0) }) else { return [one] }
    var parts: [Part] = []
    let services = Dictionary(grouping: numbers) { table.entries[$0].action.prefix { $0 != ":" } }
    for (_, members) in services.sorted(by: { $0.key < $1.key }) {
      let new = part(members)
      if let equal = parts.firstIndex(where: { $0.resources == new.resources }) {
        parts[equal].actions.formUnion(new.actions)
      } else {
        parts.append(new)
      }
    }
    return parts
  }

  private func matches(_ action: String) -> Bool {
    switch statement.actions {
    case .action(let patterns): patterns.contains { Wildcard($0, caseInsensitive: true).matches(action) }
    case .notAction(let patterns): !patterns.contains { Wildcard($0, caseInsensitive: true).matches(action) }
    }
  }

  /// A statement id that the document does not have.
  private static func free(_ sid: String, _ sids: inout Set<String>) -> String {
    var number = 2
    while !sids.insert("\(sid)\(number)").inserted { number += 1 }
    return "\(sid)\(number)"
  }
}
