// The commands for policies that can be edited.

import IAM
import LeastPrivilege

extension TrimScript {
  static func comment(_ trim: PolicyTrim) -> [String] {
    ["# \(terminalText(trim.subject.words)): \(terminalText(trim.words))"]
  }

  /// The commands that stop the script where a policy is not what the proposal was made from.
  static func preconditions(_ trim: PolicyTrim) -> [String] {
    let subject = trim.subject
    guard subject.isManaged else {
      return ["must_say \(compact(trim.before)) get-\(inline(subject))"]
    }
    let arn = quoted(subject.arn)
    guard let version = subject.defaultVersion else {
      let version = "aws iam get-policy --policy-arn \(arn) --query Policy.DefaultVersionId --output text"
      let show = "get-policy-version --policy-arn \(arn) --version-id \"$(\(version))\""
      return ["must_say \(compact(trim.before)) \(show)"]
    }
    let room = trim.after == nil ? nil : subject.versionToDelete
    return ["must_be_unchanged \(arn) \(quoted(version)) \(subject.attachments.count)"]
      + (room.map { ["must_keep_version \(arn) \(quoted($0.id))"] } ?? [])
  }

  static func apply(_ trim: PolicyTrim) -> [String] {
    let subject = trim.subject
    guard let document = trim.after else {
      return subject.isManaged
        ? removal(trim).dropLast() + ["delete_policy \(quoted(subject.arn))"] : removal(trim)
    }
    guard subject.isManaged else {
      return ["aws iam put-\(inline(subject)) \\", "  --policy-document \(compact(document))"]
    }
    let arn = quoted(subject.arn)
    let room = subject.versionToDelete.map {
      "aws iam delete-policy-version --policy-arn \(arn) --version-id \(quoted($0.id))"
    }
    return [room].compactMap(\.self) + [
      "aws iam create-policy-version --policy-arn \(arn) --set-as-default \\",
      "  --policy-document \(compact(document)) >/dev/null",
    ]
  }

  /// The commands that remove a policy of which nothing is left.
  static func removal(_ trim: PolicyTrim) -> [String] {
    let subject = trim.subject
    guard subject.isManaged else { return ["aws iam delete-\(inline(subject))"] }
    let arn = quoted(subject.arn)
    return subject.attachments.map { detach($0, subject.arn) }
      + subject.otherVersions.map {
        "aws iam delete-policy-version --policy-arn \(arn) --version-id \(quoted($0.id))"
      } + ["aws iam delete-policy --policy-arn \(arn)"]
  }

  static func rollback(_ trim: PolicyTrim) -> [String] {
    let subject = trim.subject
    guard subject.isManaged else {
      return ["aws iam put-\(inline(subject)) \\", "  --policy-document \(compact(trim.before))"]
    }
    let arn = quoted(subject.arn)
    if trim.after == nil {
      // IAM numbers the versions of the new policy from v1; which one is in force is what counts.
      let others = subject.otherVersions.filter { !$0.text.isEmpty }
      let note =
        others.isEmpty
        ? [] : ["# The versions come back under new ids, in their order; the one in force is v1."]
      return note + [
        "if ! aws iam get-policy --policy-arn \(arn) >/dev/null 2>&1; then",
        "  aws iam create-policy --policy-name=\(quoted(subject.name)) --path \(quoted(subject.path)) \\",
        "    --policy-document \(compact(trim.before)) >/dev/null",
      ]
        + others.map {
          "  aws iam create-policy-version --policy-arn \(arn) --policy-document \(compact($0.text)) >/dev/null"
        } + ["fi"] + subject.attachments.map { attach($0, subject.arn) }
    }
    guard let version = subject.defaultVersion else {
      return [
        "aws iam create-policy-version --policy-arn \(arn) --set-as-default \\",
        "  --policy-document \(compact(trim.before)) >/dev/null",
      ]
    }
    guard let deleted = subject.versionToDelete else { return ["back_to \(arn) \(quoted(version))"] }
    let lost =
      "# Version \(terminalText(deleted.id)) was deleted to make room. IAM gives no id twice: it comes back under a new one."
    return deleted.text.isEmpty
      ? ["# Version \(terminalText(deleted.id)) was deleted to make room; what it said is not known."]
        + ["back_to \(arn) \(quoted(version))"]
      : [lost, "back_to \(arn) \(quoted(version)) \(compact(deleted.text))"]
  }

  /// `role-policy --role-name=ROLE --policy-name=NAME` for an inline policy.
  private static func inline(_ subject: PolicySubject) -> String {
    "\(attachment(subject.arn)) --policy-name=\(quoted(subject.name))"
  }
}
