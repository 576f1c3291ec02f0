// Identities and policies as infrastructure code declares them: in pieces that refer to each other by name.
//
// A declaration often does not say in which account it will stand. Its identities then get an ARN without account, and are
// matched by name in whatever account (`AccountGrants+Matching.swift`).

import IAM
import JSONStream

/// Collects what one file declares, and puts it together when all of it is known.
struct DeclaredGrants {
  /// The file's name, for messages.
  let file: String
  /// What could not be used.
  private(set) var problems: [GrantProblem] = []
  private var identities: [Key: GrantedIdentity] = [:]
  private var policies: [GrantedPolicy] = []
  private var pieces: [Piece] = []

  private struct Key: Hashable {
    var kind: GrantedIdentity.Kind
    var name: String
  }

  private struct Piece {
    enum Content {
      case inline(InlinePolicy)
      case attached(String)
      case group(String)
    }
    var holder: Key
    var content: Content
    var subject: String
  }

  init(file: String) { self.file = file }

  /// Says that something cannot be used.
  mutating func report(_ subject: String, _ message: String) {
    problems.append(GrantProblem(file: file, subject: subject, message: message))
  }

  /// Declares an identity.
  mutating func declare(_ identity: GrantedIdentity, subject: String) {
    let key = Key(kind: identity.kind, name: identity.name.lowercased())
    if identities[key] != nil {
      report(
        subject,
        "the file declares another \(identity.kind.rawValue.lowercased()) of this name; the first one counts")
    } else {
      identities[key] = identity
    }
  }

  /// Declares a managed policy.
  mutating func declare(_ policy: GrantedPolicy) { policies.append(policy) }

  /// Puts an inline policy into an identity.
  mutating func add(
    _ policy: InlinePolicy, to kind: GrantedIdentity.Kind, named name: String, subject: String
  ) {
    pieces.append(
      Piece(holder: Key(kind: kind, name: name.lowercased()), content: .inline(policy), subject: subject))
  }

  /// Attaches a managed policy to an identity.
  mutating func attach(_ arn: String, to kind: GrantedIdentity.Kind, named name: String, subject: String) {
    pieces.append(
      Piece(holder: Key(kind: kind, name: name.lowercased()), content: .attached(arn), subject: subject))
  }

  /// Puts a user into a group.
  mutating func join(user: String, to group: String, subject: String) {
    pieces.append(
      Piece(holder: Key(kind: .user, name: user.lowercased()), content: .group(group), subject: subject))
  }

  /// Parses a document, or reports why there is none.
  mutating func document(_ value: JSONValue?, subject: String) -> PolicyDocument? {
    do throws(GrantedDocument.Fault) {
      return try GrantedDocument.parse(value)
    } catch {
      report(subject, "\(error.message), so that the policy is left out")
      return nil
    }
  }

  /// Puts everything together and hands it to the grants.
  mutating func finish(into grants: inout AccountGrants) {
    for piece in pieces {
      guard var identity = identities[piece.holder] else {
        report(
          piece.subject,
          "the \(piece.holder.kind.rawValue.lowercased()) `\(piece.holder.name)` is not in this file, so that this is left out"
        )
        continue
      }
      switch piece.content {
      case .inline(let policy):
        if !identity.inlinePolicies.contains(policy) { identity.inlinePolicies.append(policy) }
      case .attached(let arn):
        if !identity.attachedPolicies.contains(arn) { identity.attachedPolicies.append(arn) }
      case .group(let group):
        if !identity.groups.contains(group) { identity.groups.append(group) }
      }
      identities[piece.holder] = identity
    }
    for identity in identities.values.sorted(by: { $0.arn < $1.arn }) {
      grants.insert(identity, at: identity.arn, file: file)
    }
    for policy in policies { grants.insert(policy, at: policy.arn, file: file) }
    grants.problems += problems
  }
}

extension GrantedIdentity {
  /// An identity as a declaration names it.
  ///
  /// - Parameters:
  ///   - kind: What sort of identity it is.
  ///   - name: Its name.
  ///   - path: Its path; `/` where the declaration has none.
  ///   - place: Where it stands; without account, it stands in whatever account has an identity of this name.
  init(declared kind: Kind, name: String, path: String?, in place: GrantPlace) {
    let path = path ?? "/"
    let arn =
      "arn:\(place.partition ?? "aws"):iam::\(place.account ?? ""):\(kind.rawValue.lowercased())\(path)\(name)"
    self.init(kind: kind, arn: arn, name: name, path: path)
  }
}
