// What everyone together uses of documents.

import AWSCatalog
import CloudTrail
import IAM

/// The uses of principals by action, as the comparison takes them.
struct UseIndex {
  /// Permitted uses by lower-case action.
  let byAction: [String: [RecordedUse]]
  /// What AWS saw any of them try that the logs do not show.
  let accessed: AccessedActions

  /// Collects the uses of principals.
  ///
  /// - Parameter records: The principals.
  init(_ records: some Sequence<PrincipalUses>) {
    var byAction: [String: [RecordedUse]] = [:]
    var accessed = AccessedActions()
    for record in records {
      accessed.formUnion(record.accessed)
      for use in record.uses where use.wasPermitted {
        byAction[use.action.lowercased(), default: []].append(use)
      }
    }
    self.byAction = byAction
    self.accessed = accessed
  }
}

extension DiffMaker {
  /// What principals use of documents.
  ///
  /// - Parameters:
  ///   - documents: The documents of one policy or group.
  ///   - records: The principals, sorted.
  ///   - account: The account that the documents belong to.
  /// - Returns: The comparison.
  func sharing(of documents: [PolicyDocument], by records: [PrincipalUses], account: String) -> GrantSharing {
    let counts = self.counts(of: documents, UseIndex(records), account: account)
    var users: [String: [Int]] = [:]
    if records.count > 1 {
      for (number, record) in records.enumerated() where !record.uses.isEmpty {
        for action in usedActions(of: documents, UseIndex([record])) {
          users[action, default: []].append(number)
        }
      }
    }
    let sole = users.filter { $0.value.count == 1 }.sorted { $0.key < $1.key }
    return GrantSharing(
      principals: records.map(\.principal), counts: counts,
      soleUses: sole.compactMap { action, numbers in
        numbers.first.map { SoleUse(action: action, principal: records[$0].principal) }
      })
  }

  /// What documents grant by access level, and what of that was used.
  ///
  /// - Parameters:
  ///   - documents: The documents.
  ///   - uses: The uses.
  ///   - account: The account that the documents belong to.
  /// - Returns: The counts.
  func counts(of documents: [PolicyDocument], _ uses: UseIndex, account: String) -> [LevelCounts] {
    let source = PolicySource(kind: .inline, name: "")
    let statements = documents.flatMap { document in
      document.statements.enumerated().filter { $0.element.effect == .allow }.map { index, statement in
        diff(
          of: statement, at: index, in: source, byAction: uses.byAction, account: account,
          accessed: uses.accessed)
      }
    }
    return counts(of: statements)
  }

  /// The actions that were used through documents, as AWS spells them.
  private func usedActions(of documents: [PolicyDocument], _ uses: UseIndex) -> Set<String> {
    var result: Set<String> = []
    for document in documents {
      for statement in document.statements where statement.effect == .allow {
        let expansion = table.expansion(of: statement.actions).actions
        let resources = GrantedResources(
          statement.resources, hasVariables: document.version == "2012-10-17")
        for (name, uses) in uses.byAction {
          guard let position = table.position(of: name, in: expansion),
            uses.contains(where: { resources.reached(by: $0) != nil })
          else { continue }
          result.insert(table.entries[expansion[position]].action)
        }
      }
    }
    return result
  }
}

extension DiffMaker {
  /// The actions that a document grants, and that nobody used though the logs could have shown it, sorted.
  ///
  /// - Parameters:
  ///   - document: The document.
  ///   - uses: The uses.
  ///   - account: The account that the document belongs to.
  /// - Returns: The actions, as AWS spells them.
  func unusedActions(of document: PolicyDocument, _ uses: UseIndex, account: String) -> [String] {
    var unused: Set<String> = []
    let source = PolicySource(kind: .inline, name: "")
    for (index, statement) in document.statements.enumerated() where statement.effect == .allow {
      let diff = diff(
        of: statement, at: index, in: source, byAction: uses.byAction, account: account,
        accessed: uses.accessed)
      unused.formUnion(diff.actions.filter { $0.status == .unused }.map(\.action))
    }
    return unused.sorted()
  }
}
