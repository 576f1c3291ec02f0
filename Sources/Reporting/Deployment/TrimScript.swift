// Proposals of `diff` as shell scripts of AWS CLI commands: one that carries them out, and one that takes that back.
//
// A managed policy gets a new version, and the old one stays for the way back; where five exist, the oldest that is not
// in force goes first. In the place of an AWS managed policy its replacement is attached before it is detached. Before
// anything is changed, the first script makes sure that each policy still is what the proposal was made from. Every text
// stands in single quotes, in which a shell reads nothing but the closing quote.

public import LeastPrivilege

import IAM
import JSONStream

/// Renders proposals as reviewed shell scripts.
public enum TrimScript {
  /// Renders the script that narrows, replaces, detaches and deletes.
  ///
  /// - Parameters:
  ///   - trims: The proposals for policies that can be edited.
  ///   - replacements: The proposals for AWS managed policies.
  ///   - output: Where the script goes.
  public static func renderApply(
    _ trims: [PolicyTrim], _ replacements: [ManagedReplacement],
    into output: inout some ByteOutput & ~Copyable
  ) {
    let deployments = AccountDeployment.all(trims, replacements)
    output.write(
      text: script(
        deployments,
        purpose: "Takes out of policies what is unused. The matching roll-back script puts it back.",
        helpers: applyHelpers
      ) { deployment in
        var commands = deployment.trims.flatMap { preconditions($0) }
        commands += deployment.replacements.flatMap { preconditions($0) }
        for trim in deployment.trims { commands += [""] + comment(trim) + apply(trim) }
        for replacement in deployment.replacements {
          commands += [""] + comment(replacement) + apply(replacement)
        }
        return commands
      })
  }

  /// Renders the script that takes back what the other one did.
  ///
  /// It can be run again, and after a first script that stopped half-way.
  ///
  /// - Parameters:
  ///   - trims: The proposals for policies that can be edited.
  ///   - replacements: The proposals for AWS managed policies.
  ///   - output: Where the script goes.
  public static func renderRollback(
    _ trims: [PolicyTrim], _ replacements: [ManagedReplacement],
    into output: inout some ByteOutput & ~Copyable
  ) {
    let deployments = AccountDeployment.all(trims, replacements)
    output.write(
      text: script(
        deployments, purpose: "Puts back what the matching apply script took out of policies.",
        helpers: rollbackHelpers
      ) { deployment in
        var commands: [String] = []
        for replacement in deployment.replacements.reversed() {
          commands += [""] + comment(replacement) + rollback(replacement)
        }
        for trim in deployment.trims.reversed() { commands += [""] + comment(trim) + rollback(trim) }
        return commands
      })
  }

  private static func script(
    _ deployments: [AccountDeployment], purpose: String, helpers: [String],
    commands: (AccountDeployment) -> [String]
  ) -> String {
    var lines = ["#!/bin/sh", "# \(purpose)", "set -eu", ""]
    // Functions that no command calls would be read for nothing.
    let accounts = deployments.map { (account: $0.account, commands: commands($0)) }
    let all = accounts.flatMap(\.commands)
    lines += helpers.filter { helper in
      let words = helper.split(whereSeparator: \.isNewline).lazy.compactMap { line in
        line.hasSuffix("() {") ? line.dropLast(4) : nil
      }
      return words.first == "stop" || all.contains { $0.split(separator: " ").contains { $0 == words.first } }
    }
    lines += ["account=$(aws sts get-caller-identity --query Account --output text)", "case $account in"]
    for (account, commands) in accounts {
      lines.append("\(quoted(account)))")
      lines += commands.map { $0.isEmpty ? "" : "  \($0)" }
      lines.append("  ;;")
    }
    lines += ["*)", "  echo \"nothing to do for account $account\" >&2", "  exit 1", "  ;;", "esac", ""]
    return lines.joined(separator: "\n")
  }

  /// `role-policy --role-name=NAME` for the holder of a managed policy.
  static func attachment(_ arn: String) -> String {
    let kind = PolicySubject.kind(ofHolder: arn)
    return "\(kind)-policy --\(kind)-name=\(quoted(PolicySubject.shortName(arn)))"
  }

  /// The command that attaches a policy to a user, role or group.
  static func attach(_ holder: String, _ policy: String) -> String {
    "aws iam attach-\(attachment(holder)) --policy-arn \(quoted(policy))"
  }

  /// The command that detaches a policy from a user, role or group.
  static func detach(_ holder: String, _ policy: String) -> String {
    "aws iam detach-\(attachment(holder)) --policy-arn \(quoted(policy))"
  }

  /// A document as an argument: without white space, in the order in which it is written.
  static func compact(_ text: [UInt8]) -> String {
    guard let tree = try? JSONValue(parsing: text) else {
      return quoted(String(decoding: text, as: UTF8.self))
    }
    var writer = JSONWriter()
    writer.write(tree)
    return quoted(String(decoding: writer.bytes, as: UTF8.self))
  }

  static func quoted(_ text: String) -> String { PolicyCommandScript.quoted(text) }
}

/// What is to be changed in one account.
struct AccountDeployment {
  /// The account.
  let account: String
  /// The policies that are edited or removed.
  let trims: [PolicyTrim]
  /// The AWS managed policies that are replaced or detached.
  let replacements: [ManagedReplacement]

  /// The changes that can be carried out, account by account.
  ///
  /// - Parameters:
  ///   - trims: The proposals for policies that can be edited.
  ///   - replacements: The proposals for AWS managed policies.
  /// - Returns: The accounts in which something changes, sorted.
  static func all(_ trims: [PolicyTrim], _ replacements: [ManagedReplacement]) -> [AccountDeployment] {
    let trims = Dictionary(grouping: trims.filter { $0.isChange && $0.isDeployable }, by: \.subject.account)
    let replacements = Dictionary(
      grouping: replacements.filter { $0.proposal != nil && $0.isDeployable }, by: \.subject.account)
    return Set(trims.keys).union(replacements.keys).sorted().map {
      AccountDeployment(account: $0, trims: trims[$0] ?? [], replacements: replacements[$0] ?? [])
    }
  }
}

extension PolicyTrim {
  /// Whether IAM could have such a policy at all, and it is known which it is: nothing else is put into scripts and templates.
  package var isDeployable: Bool {
    if subject.isBare { return false }
    guard let arn = ARN(subject.arn), DeployablePolicy.canExist(arn) else { return false }
    return subject.name.utf8.allSatisfy { (0x21...0x7E).contains($0) }
      && subject.attachments.allSatisfy { ARN($0).map(DeployablePolicy.canExist) ?? false }
  }
}

extension ManagedReplacement {
  /// Whether IAM could have such an attachment at all.
  package var isDeployable: Bool {
    let names = [subject.arn, proposal?.arn].compactMap(\.self)
    return names.joined().utf8.allSatisfy { (0x21...0x7E).contains($0) }
      && subject.holder.flatMap { ARN($0) }.map(DeployablePolicy.canExist) ?? false
  }
}
