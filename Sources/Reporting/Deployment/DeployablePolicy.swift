// What the deployment formats (Terraform, CloudFormation, AWS CLI) have in common: one managed policy, the identity
// that it is attached to, and names that are free for use in the language at hand.

import IAM
import JSONStream
import LeastPrivilege
import CloudTrail

/// A managed policy to create and the user or role to attach it to.
struct DeployablePolicy {
  /// The identities that a managed policy can be attached to.
  enum Entity: String {
    case user, role
  }

  /// The account that owns the identity.
  let account: String
  let partition: String
  let entity: Entity
  /// The identity's name, without its path.
  let entityName: String
  /// The identity's ARN.
  let principal: String
  let name: String
  let document: PolicyDocument
  /// What has to be detached before it can be attached.
  let detachments: [Detachment]
  /// How many managed policies may be attached to the identity.
  let attachmentLimit: Int

  /// The policy's ARN once it is created (its path is `/`).
  var arn: String { "arn:\(partition):iam::\(account):policy/\(name)" }

  /// What the policy is for, as its description says.
  var summary: String { "Least privilege for \(entity.rawValue) \(entityName), from recorded use" }

  /// What a template cannot say but in a comment: what has to go first.
  ///
  /// - Parameter detachment: What has to go.
  /// - Returns: A sentence.
  func remark(on detachment: Detachment) -> String {
    "Detach \(detachment.policy) from \(entity.rawValue) \(entityName) first: no more than \(attachmentLimit) policies "
      + "may be attached."
  }

  /// The document as a tree.
  var tree: JSONValue { document.tree }

  /// The policies of proposals, account by account in the order of the account ids.
  ///
  /// - Parameter proposals: The proposals; principals that are neither users nor roles have no policies.
  /// - Returns: Per account its policies, in the order of the proposals.
  static func byAccount(
    _ proposals: [PrincipalProposal]
  ) -> [(account: String, policies: [DeployablePolicy])] {
    var accounts: [String: [DeployablePolicy]] = [:]
    for proposal in proposals {
      guard let arn = ARN(proposal.principal.identifier), let entity = Entity(arn) else { continue }
      guard DeployablePolicy.canExist(arn) else { continue }
      let name = arn.resource.split(separator: "/").last.map(String.init) ?? arn.resource
      for (index, policy) in proposal.policies.enumerated() {
        accounts[arn.account, default: []].append(
          DeployablePolicy(
            account: arn.account, partition: arn.partition, entity: entity, entityName: name,
            principal: arn.description, name: policy.name, document: policy.document,
            detachments: proposal.packing.detachments.filter { $0.replacement == index },
            attachmentLimit: proposal.packing.attachmentLimit))
      }
    }
    return accounts.sorted { $0.key < $1.key }.map { (account: $0.key, policies: $0.value) }
  }
}

extension DeployablePolicy {
  /// Whether IAM could have an identity of this ARN at all.
  ///
  /// Logs can be forged. IAM's names and paths are printable ASCII without spaces ("IAM identifiers" and "IAM and AWS
  /// STS quotas" in the IAM User Guide); anything else cannot be deployed to, and would carry control characters into
  /// scripts, where no quoting makes them harmless to whoever reads the script.
  static func canExist(_ arn: ARN) -> Bool {
    arn.account.utf8.count == 12 && arn.account.utf8.allSatisfy { (0x30...0x39).contains($0) }
      && (arn.partition + arn.resource).utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }
}

extension DeployablePolicy.Entity {
  /// The kind of identity that an ARN names, or `nil` where a managed policy cannot be attached to it.
  init?(_ arn: ARN) {
    self.init(rawValue: String(arn.resource.prefix { $0 != "/" }))
  }
}

extension PolicyDocument {
  /// The canonical form of the document as a tree.
  var tree: JSONValue {
    // Canonical JSON that this program wrote parses; should it ever not, the text itself shows what is wrong.
    let text = json(pretty: false)
    return (try? JSONValue(parsing: text)) ?? .string(String(decoding: text, as: UTF8.self))
  }
}

/// Hands out each name once.
struct UniqueNames {
  private var taken: Set<String> = []

  /// A name that was not handed out before.
  ///
  /// - Parameters:
  ///   - wanted: The name to start from.
  ///   - separator: What stands before the number that is added where the name is taken.
  /// - Returns: The name, or the name with the lowest number from 2 that makes it new.
  mutating func next(_ wanted: String, separator: String) -> String {
    var name = wanted
    var number = 2
    while !taken.insert(name).inserted {
      name = "\(wanted)\(separator)\(number)"
      number += 1
    }
    return name
  }
}

extension ProposalReport {
  /// The principals whose policies the formats for deployment leave out, because IAM allows no such name.
  package var undeployable: [String] {
    proposals.filter { proposal in
      !proposal.policies.isEmpty
        && !(ARN(proposal.principal.identifier).map(DeployablePolicy.canExist) ?? false)
    }.map(\.principal.identifier)
  }
}
