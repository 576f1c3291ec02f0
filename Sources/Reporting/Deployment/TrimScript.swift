// Proposals of `diff` as shell scripts of AWS CLI commands: one that carries them out, and one that takes that back.
//
// A managed policy gets a new version, and the old one stays for the way back; where five exist, the oldest that is not
// in force goes first. Before anything is changed, the first script makes sure that each policy still has the version
// that the proposal was made from. Every text stands in single quotes, in which a shell reads nothing but the closing
// quote.

public import LeastPrivilege

import IAM

/// Renders proposals as reviewed shell scripts.
public enum TrimScript {
  /// Renders the script that narrows, detaches and deletes.
  ///
  /// - Parameters:
  ///   - trims: The proposals.
  ///   - output: Where the script goes.
  public static func renderApply(_ trims: [PolicyTrim], into output: inout some ByteOutput & ~Copyable) {
    output.write(
      text: script(
        trims, purpose: "Takes out of policies what is unused. The matching roll-back script puts it back.",
        helpers: mustBeInForce + deletePolicy
      ) { trims in
        trims.compactMap { trim in
          trim.subject.kind == .managed
            ? trim.subject.defaultVersion.map { "must_be_in_force \(quoted(trim.subject.arn)) \(quoted($0))" }
            : nil
        } + trims.flatMap { [""] + comment($0) + apply($0) }
      })
  }

  /// Renders the script that takes back what the other one did.
  ///
  /// - Parameters:
  ///   - trims: The proposals.
  ///   - output: Where the script goes.
  public static func renderRollback(_ trims: [PolicyTrim], into output: inout some ByteOutput & ~Copyable) {
    output.write(
      text: script(
        trims, purpose: "Puts back what the matching apply script took out of policies.", helpers: backTo
      ) { trims in
        trims.reversed().flatMap { [""] + comment($0) + rollback($0) }
      })
  }

  private static func comment(_ trim: PolicyTrim) -> [String] {
    ["# \(terminalText(trim.subject.words)): \(terminalText(trim.words))"]
  }

  private static func apply(_ trim: PolicyTrim) -> [String] {
    let subject = trim.subject
    guard subject.isManaged else {
      let holder = inline(subject)
      guard let document = trim.after else { return ["aws iam delete-\(holder.command) \(holder.arguments)"] }
      return [
        "aws iam put-\(holder.command) \(holder.arguments) \\", "  --policy-document \(compact(document))",
      ]
    }
    let arn = quoted(subject.arn)
    guard let document = trim.after else {
      return subject.attachments.map { "aws iam detach-\(attachment($0)) --policy-arn \(arn)" }
        + ["delete_policy \(arn)"]
    }
    let room = subject.versionToDelete.map {
      "aws iam delete-policy-version --policy-arn \(arn) --version-id \(quoted($0))"
    }
    return [room].compactMap { $0 } + [
      "aws iam create-policy-version --policy-arn \(arn) --set-as-default \\",
      "  --policy-document \(compact(document)) >/dev/null",
    ]
  }

  private static func rollback(_ trim: PolicyTrim) -> [String] {
    let subject = trim.subject
    guard subject.isManaged else {
      let holder = inline(subject)
      return [
        "aws iam put-\(holder.command) \(holder.arguments) \\", "  --policy-document \(compact(trim.before))",
      ]
    }
    let arn = quoted(subject.arn)
    if trim.after == nil {
      return [
        "aws iam create-policy --policy-name=\(quoted(subject.name)) --path \(quoted(path(of: subject))) \\",
        "  --policy-document \(compact(trim.before)) >/dev/null",
      ] + subject.attachments.map { "aws iam attach-\(attachment($0)) --policy-arn \(arn)" }
    }
    if let version = subject.defaultVersion { return ["back_to \(arn) \(quoted(version))"] }
    return [
      "aws iam create-policy-version --policy-arn \(arn) --set-as-default \\",
      "  --policy-document \(compact(trim.before)) >/dev/null",
    ]
  }

  private static func script(
    _ trims: [PolicyTrim], purpose: String, helpers: [String], commands: ([PolicyTrim]) -> [String]
  ) -> String {
    var lines = ["#!/bin/sh", "# \(purpose)", "set -eu", ""] + helpers
    lines += ["account=$(aws sts get-caller-identity --query Account --output text)", "case $account in"]
    let accounts = Dictionary(
      grouping: trims.filter { $0.isChange && $0.isDeployable }, by: \.subject.account)
    for (account, trims) in accounts.sorted(by: { $0.key < $1.key }) {
      lines.append("\(quoted(account)))")
      lines += commands(trims).map { $0.isEmpty ? "" : "  \($0)" }
      lines.append("  ;;")
    }
    lines += ["*)", "  echo \"nothing to do for account $account\" >&2", "  exit 1", "  ;;", "esac", ""]
    return lines.joined(separator: "\n")
  }

  /// `role-policy` and what names an inline policy.
  private static func inline(_ subject: PolicySubject) -> (command: String, arguments: String) {
    let kind = subject.holderKind
    let holder = quoted(PolicySubject.shortName(subject.arn))
    return ("\(kind)-policy", "--\(kind)-name=\(holder) --policy-name=\(quoted(subject.name))")
  }

  /// `role-policy --role-name NAME` for the holder of a managed policy.
  private static func attachment(_ arn: String) -> String {
    let kind = (ARN(arn)?.resource ?? "").prefix { $0 != "/" }
    return "\(kind)-policy --\(kind)-name=\(quoted(PolicySubject.shortName(arn)))"
  }

  private static func path(of subject: PolicySubject) -> String {
    let resource = ARN(subject.arn)?.resource ?? ""
    return String(resource.dropFirst("policy".count).dropLast(subject.name.count))
  }

  private static func compact(_ text: [UInt8]) -> String {
    let document = try? PolicyDocument(json: text)
    return quoted(String(decoding: document?.json(pretty: false) ?? text, as: UTF8.self))
  }

  private static func quoted(_ text: String) -> String { PolicyCommandScript.quoted(text) }

  /// Stops the script where a policy has changed since the proposal was made.
  private static let mustBeInForce = [
    "must_be_in_force() {",
    "  version=$(aws iam get-policy --policy-arn \"$1\" --query Policy.DefaultVersionId --output text)",
    "  if [ \"$version\" != \"$2\" ]; then",
    "    printf '%s\\n' \"$1 has changed: $version is in force, and $2 was; nothing was changed\" >&2",
    "    exit 1",
    "  fi",
    "}",
    "",
  ]

  /// Deletes a policy that is attached to nothing, with its versions.
  private static let deletePolicy = [
    "delete_policy() {",
    "  versions=$(aws iam list-policy-versions --policy-arn \"$1\" \\",
    "    --query 'Versions[?!IsDefaultVersion].VersionId' --output text)",
    "  for version in $versions; do",
    "    aws iam delete-policy-version --policy-arn \"$1\" --version-id \"$version\"",
    "  done",
    "  aws iam delete-policy --policy-arn \"$1\"",
    "}",
    "",
  ]

  /// Puts an old version in force again and deletes the one that took its place.
  private static let backTo = [
    "back_to() {",
    "  version=$(aws iam get-policy --policy-arn \"$1\" --query Policy.DefaultVersionId --output text)",
    "  if [ \"$version\" != \"$2\" ]; then",
    "    aws iam set-default-policy-version --policy-arn \"$1\" --version-id \"$2\"",
    "    aws iam delete-policy-version --policy-arn \"$1\" --version-id \"$version\"",
    "  fi",
    "}",
    "",
  ]
}

extension PolicyTrim {
  /// Whether IAM could have such a policy at all: nothing else is put into scripts and templates.
  var isDeployable: Bool {
    guard let arn = ARN(subject.arn), DeployablePolicy.canExist(arn) else { return false }
    return subject.name.utf8.allSatisfy { (0x21...0x7E).contains($0) }
      && subject.attachments.allSatisfy { ARN($0).map(DeployablePolicy.canExist) ?? false }
  }
}
