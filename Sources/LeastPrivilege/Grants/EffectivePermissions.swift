// What a grant comes to when everything that limits it is taken into account: identity policies ∩ boundary ∩ service control
// policies, minus what any of them denies.
//
// A granted action that can never be allowed is *ineffective*. That is claimed only where it is certain: a Deny without
// conditions covers every resource of the grant, or a boundary or level of control policies has no Allow that comes near.
// Conditions are never decided here; where one could let a request through, the action counts as effective.

import AWSCatalog
import IAM
import Usage

/// Granted actions that can never be allowed, and why.
public struct IneffectiveGrant: Hashable, Sendable {
  /// The policy of the statement that grants them.
  public var source: PolicySource
  /// The statement's position in the document, from 0.
  public var index: Int
  /// The statement's `Sid`.
  public var sid: String?
  /// The actions, sorted.
  public var actions: [String]
  /// What keeps them from being allowed.
  public var reason: String
}

/// Answers which granted actions can never be allowed.
final class EffectivePermissions {
  private let table: ActionTable
  private let catalog: Catalog
  /// The actions of statement elements; a cache, and with the next one the reason for a class.
  private var members: [Statement.ActionElement: Set<Int>] = [:]
  /// Findings by what decides them: many identities have the same policies under the same limits.
  private var known: [Question: [Obstacle]] = [:]

  private struct Obstacle: Hashable {
    var reason: String
    var actions: [String]
  }

  private struct Question: Hashable {
    var statement: Statement
    var version: String?
    var limits: [SourcedPolicy]
  }

  /// A statement of a policy that limits others.
  private struct Entry {
    var actions: Set<Int>
    var resources: GrantedResources
    var isConditional: Bool
    var reason: String

    /// Whether the statement is for all of some resources, for certain.
    func covers(_ targets: [Wildcard]?) -> Bool {
      guard !isConditional else { return false }
      let fixed = resources.patterns.filter { !ResourceNotation.hasVariable($0.text) }.map(\.pattern)
      guard let targets else { return !resources.isInverted && fixed.contains(where: \.matchesEverything) }
      if resources.isInverted {
        return targets.allSatisfy { target in !resources.patterns.contains { $0.pattern.intersects(target) } }
      }
      return targets.allSatisfy { target in fixed.contains { $0.contains(target) } }
    }

    /// Whether the statement may be for one of some resources.
    func mayMeet(_ targets: [Wildcard]?) -> Bool {
      guard let targets, !resources.isInverted else { return true }
      return targets.contains { target in resources.patterns.contains { $0.pattern.intersects(target) } }
    }
  }

  /// What has to allow beside the identity policies.
  private struct Limit {
    var reason: String
    var allows: [Entry] = []
  }

  /// Prepares for many grants.
  ///
  /// - Parameter catalog: The AWS reference.
  init(catalog: Catalog) {
    self.catalog = catalog
    table = ActionTable(catalog: catalog)
  }

  /// The granted actions of a principal that can never be allowed.
  ///
  /// - Parameter grant: The grant.
  /// - Returns: An element for each statement and reason, in the order of the policies.
  func ineffective(of grant: PrincipalGrant) -> [IneffectiveGrant] {
    let layers = layers(of: grant)
    let hasDeny = (grant.policies.map(\.document) + layers.flatMap(\.documents)).contains {
      $0.statements.contains { $0.effect == .deny && $0.conditions.isEmpty }
    }
    guard hasDeny || !layers.isEmpty else { return [] }
    let denies = denies(of: grant, layers)
    let limits = layers.map { layer in
      var limit = Limit(reason: "\(layer.subject) not allow it")
      for document in layer.documents {
        for statement in document.statements where statement.effect == .allow {
          limit.allows.append(entry(statement, document.version, limit.reason))
        }
      }
      return limit
    }
    // The order of the policies plays no part in what limits a statement, their texts do.
    let limiting =
      grant.policies
      + layers.flatMap { layer in
        layer.documents.map {
          SourcedPolicy(source: PolicySource(kind: .inline, name: layer.subject), document: $0)
        }
      }
    var result: [IneffectiveGrant] = []
    for policy in grant.policies {
      for (index, statement) in policy.document.statements.enumerated() where statement.effect == .allow {
        let question = Question(statement: statement, version: policy.document.version, limits: limiting)
        let obstacles =
          known[question] ?? self.obstacles(to: statement, policy.document.version, denies, limits)
        known[question] = obstacles
        result += obstacles.map {
          IneffectiveGrant(
            source: policy.source, index: index, sid: statement.sid, actions: $0.actions, reason: $0.reason)
        }
      }
    }
    return result
  }

  /// A boundary or a level of control policies.
  private struct Layer {
    /// The beginning of a sentence that ends in "not allow it".
    var subject: String
    var documents: [PolicyDocument]
  }

  private func layers(of grant: PrincipalGrant) -> [Layer] {
    var layers: [Layer] = []
    if let boundary = grant.boundary {
      layers.append(Layer(subject: "the permissions boundary does", documents: [boundary]))
    }
    for (level, documents) in (grant.controls.service ?? []).enumerated() {
      layers.append(Layer(subject: "the service control policies of level \(level) do", documents: documents))
    }
    return layers
  }

  private func denies(of grant: PrincipalGrant, _ layers: [Layer]) -> [Entry] {
    var denies: [Entry] = []
    func collect(_ document: PolicyDocument, _ reason: String) {
      for statement in document.statements where statement.effect == .deny && statement.conditions.isEmpty {
        denies.append(entry(statement, document.version, reason))
      }
    }
    for policy in grant.policies {
      collect(policy.document, "policy `\(policy.source.name)` denies it explicitly")
    }
    for layer in layers {
      for document in layer.documents { collect(document, "\(layer.subject) not allow it") }
    }
    return denies
  }

  private func entry(_ statement: Statement, _ version: String?, _ reason: String) -> Entry {
    let actions: Set<Int>
    if let known = members[statement.actions] {
      actions = known
    } else {
      actions = Set(table.expansion(of: statement.actions).actions)
      members[statement.actions] = actions
    }
    return Entry(
      actions: actions,
      resources: GrantedResources(statement.resources, hasVariables: version == "2012-10-17"),
      isConditional: !statement.conditions.isEmpty, reason: reason)
  }

  private func obstacles(
    to statement: Statement, _ version: String?, _ denies: [Entry], _ limits: [Limit]
  ) -> [Obstacle] {
    let resources = GrantedResources(statement.resources, hasVariables: version == "2012-10-17")
    var byReason: [String: [String]] = [:]
    for number in table.expansion(of: statement.actions).actions {
      let entry = table.entries[number]
      let targets = self.targets(of: entry, resources)
      let deny = denies.first { $0.actions.contains(number) && $0.covers(targets) }
      let limit =
        deny == nil
        ? limits.first { limit in
          !limit.allows.contains { $0.actions.contains(number) && $0.mayMeet(targets) }
        }
        : nil
      guard let reason = deny?.reason ?? limit?.reason else { continue }
      byReason[reason, default: []].append(entry.action)
    }
    return byReason.sorted { $0.key < $1.key }.map { Obstacle(reason: $0.key, actions: $0.value) }
  }

  /// The resources on which an action is granted, as patterns; `nil` for all of them.
  ///
  /// An action that always takes a resource is granted by `*` on resources of its own types only.
  private func targets(of entry: ActionTraits, _ resources: GrantedResources) -> [Wildcard]? {
    if !resources.isInverted, !resources.patterns.contains(where: { $0.pattern.matchesEverything }) {
      return resources.patterns.map(\.pattern)
    }
    guard !resources.isInverted, let types = catalog.action(entry.action)?.resourceTypes,
      types.contains(where: \.required)
    else { return nil }
    return types.flatMap(\.arnFormats).map { ResourceNotation.pattern($0) }
  }
}
