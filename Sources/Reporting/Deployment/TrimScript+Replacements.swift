// The commands for AWS managed policies, which are replaced attachment by attachment.

import IAM
import LeastPrivilege

extension TrimScript {
  static func comment(_ replacement: ManagedReplacement) -> [String] {
    guard let option = replacement.proposal else { return [] }
    let subject = replacement.subject
    let full =
      replacement.isHolderFull && option.isAttached
      ? [
        "# As many policies are attached as IAM allows: for a moment the one is gone and the other not yet there."
      ]
      : []
    return ["# \(terminalText(subject.attachmentWords)): \(terminalText(option.words))"] + full
  }

  /// The commands that stop the script where something is not what the proposal was made from.
  static func preconditions(_ replacement: ManagedReplacement) -> [String] {
    guard let option = replacement.proposal, let holder = replacement.subject.holder else { return [] }
    let subject = replacement.subject
    var commands = [
      "must_be_attached \(quoted(subject.arn)) \(PolicySubject.kind(ofHolder: holder)) "
        + quoted(PolicySubject.shortName(holder))
    ]
    func sameVersion(_ arn: String, _ version: String?) {
      guard let version else { return }
      commands.append("must_have_version \(quoted(arn)) \(quoted(version))")
    }
    sameVersion(subject.arn, subject.defaultVersion)
    guard let arn = option.arn else { return commands }
    switch option.kind {
    case .awsManaged, .customerManaged: sameVersion(arn, option.version)
    case .newPolicy: commands.append("must_be_new \(quoted(arn))")
    case .detach, .covered, .group: break
    }
    return commands
  }

  static func apply(_ replacement: ManagedReplacement) -> [String] {
    guard let option = replacement.proposal else { return [] }
    var create: [String] = []
    if let document = option.document {
      create = [
        "aws iam create-policy --policy-name=\(quoted(option.name)) \\",
        "  --policy-document \(quoted(String(decoding: document.json(pretty: false), as: UTF8.self))) >/dev/null",
      ]
    }
    return create + exchange(replacement, attaches: true)
  }

  /// The commands that put a policy that exists, or a group, in the place of an AWS managed policy.
  ///
  /// - Parameters:
  ///   - replacement: The proposal.
  ///   - attaches: Whether what takes the place is not there yet.
  /// - Returns: The commands.
  static func exchange(_ replacement: ManagedReplacement, attaches: Bool) -> [String] {
    guard let option = replacement.proposal, let holder = replacement.subject.holder else { return [] }
    let detach = detach(holder, replacement.subject.arn)
    guard attaches else { return [detach] }
    guard option.isAttached, let arn = option.arn else {
      return (option.kind == .group ? [membership("add-user-to-group", option, holder)] : []) + [detach]
    }
    let attach = attach(holder, arn)
    return replacement.isHolderFull ? [detach, attach] : [attach, detach]
  }

  static func rollback(_ replacement: ManagedReplacement) -> [String] {
    guard let option = replacement.proposal, let holder = replacement.subject.holder else { return [] }
    let attach = attach(holder, replacement.subject.arn)
    guard option.isAttached, let arn = option.arn else {
      return [attach]
        + (option.kind == .group
          ? ["unless_gone " + membership("remove-user-from-group", option, holder)] : [])
    }
    let detach = "unless_gone " + detach(holder, arn)
    let delete =
      option.kind == .newPolicy ? ["unless_gone aws iam delete-policy --policy-arn \(quoted(arn))"] : []
    return (replacement.isHolderFull ? [detach, attach] : [attach, detach]) + delete
  }

  private static func membership(_ command: String, _ option: ReplacementOption, _ holder: String) -> String {
    "aws iam \(command) --user-name=\(quoted(PolicySubject.shortName(holder))) --group-name=\(quoted(option.name))"
  }
}
