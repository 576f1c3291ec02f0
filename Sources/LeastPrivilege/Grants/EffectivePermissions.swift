// What a grant comes to when everything that limits it is taken into account: identity policies ∩ boundary ∩ service control
// policies, minus what any of them denies; and resource control policies for resources in accounts of the organisation.
//
// A granted action that can never be allowed is *ineffective*. That is claimed only where it is certain: a Deny without
// conditions covers every resource of the grant, or a boundary or level of control policies has no Allow that comes near.
// Conditions are never decided here; where one could let a request through, the action counts as effective. Resource control
// policies bind the resources of an account, whoever calls: something is claimed of them only where every resource that the
// statement names for an action tells its account in its ARN, and belongs to a service that they reach for certain.

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

  /// The organisation whose resource control policies bind resources.
  private let organization: Organization?
  /// The Denies of resource control policies without conditions and for everybody, by account and level.
  private var resourceControls: [String: [Entry]] = [:]

  /// Services of which resource control policies reach every resource that an ARN with an account names.
  ///
  /// The ARNs of S3 tell no account, and those of KMS not whether AWS manages a key, which no such policy reaches ("Resource
  /// control policies" in the AWS Organizations User Guide, "Resource control policies in AWS KMS").
  private static let controlledServices: Set<String> = ["secretsmanager", "sqs", "sts"]

  /// Prepares for many grants.
  ///
  /// - Parameters:
  ///   - organization: The organisation above the accounts, where there is one.
  ///   - catalog: The AWS reference.
  init(organization: Organization? = nil, catalog: Catalog) {
    self.organization = organization
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
    guard hasDeny || !layers.isEmpty || organization != nil else { return [] }
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
    for number in table.granted(by: statement).actions {
      let entry = table.entries[number]
      let targets = self.targets(of: entry, resources)
      let deny = denies.first { $0.actions.contains(number) && $0.covers(targets?.map(\.pattern)) }
      let limit =
        deny == nil
        ? limits.first { limit in
          !limit.allows.contains { $0.actions.contains(number) && $0.mayMeet(targets?.map(\.pattern)) }
        }
        : nil
      guard
        let reason = deny?.reason ?? limit?.reason
          ?? resourceControl(of: number, on: targets, action: entry.action)
      else { continue }
      byReason[reason, default: []].append(entry.action)
    }
    return byReason.sorted { $0.key < $1.key }.map { Obstacle(reason: $0.key, actions: $0.value) }
  }

  /// Why the resource control policies above the resources keep an action from all of them; `nil` where they do not.
  private func resourceControl(
    of number: Int, on targets: [(text: String, pattern: Wildcard)]?, action: String
  ) -> String? {
    guard organization != nil, let targets, !targets.isEmpty,
      Self.controlledServices.contains(String(action.prefix { $0 != ":" }))
    else { return nil }
    var reason: String?
    for target in targets {
      guard let account = ARN(target.text)?.account, account.utf8.count == 12,
        account.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        let deny = controls(of: account).first(where: {
          $0.actions.contains(number) && $0.covers([target.pattern])
        })
      else { return nil }
      reason = reason ?? deny.reason
    }
    return reason
  }

  /// The Denies that bind all resources of an account for everybody.
  private func controls(of account: String) -> [Entry] {
    if let known = resourceControls[account] { return known }
    var entries: [Entry] = []
    for (level, documents) in (organization?.controls(of: account).resource ?? []).enumerated() {
      let reason = "the resource control policies of level \(level) above \(account) do not allow it"
      for document in documents {
        for statement in document.statements
        where statement.effect == .deny && statement.conditions.isEmpty && statement.isForEverybody {
          entries.append(entry(statement, document.version, reason))
        }
      }
    }
    resourceControls[account] = entries
    return entries
  }

  /// The resources on which an action is granted, as patterns; `nil` for all of them.
  ///
  /// An action that always takes a resource is granted by `*` on resources of its own types only, and by named resources on
  /// those that are of its types.
  private func targets(
    of entry: ActionTraits, _ resources: GrantedResources
  ) -> [(text: String, pattern: Wildcard)]? {
    let types = catalog.action(entry.action)?.resourceTypes ?? []
    func formats() -> [(text: String, pattern: Wildcard)] {
      types.flatMap(\.arnFormats).map { ($0, ResourceNotation.pattern($0)) }
    }
    if !resources.isInverted, !resources.patterns.contains(where: { $0.pattern.matchesEverything }) {
      guard types.contains(where: \.required) else { return resources.patterns }
      let own = formats()
      let fitting = resources.patterns.filter { named in
        own.contains { GrantedResources.meet(named, $0) }
      }
      return fitting.isEmpty ? resources.patterns : fitting
    }
    guard !resources.isInverted, types.contains(where: \.required) else { return nil }
    return formats()
  }
}

extension Statement {
  /// Whether the statement names every principal.
  fileprivate var isForEverybody: Bool {
    switch principal {
    case .principal(.everyone): true
    case .principal(.typed(let types)): types.contains { $0.type == "AWS" && $0.values.contains("*") }
    default: false
    }
  }
}
