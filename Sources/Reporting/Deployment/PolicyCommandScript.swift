// Policies as shell scripts of AWS CLI commands: one that creates and attaches them, and one that takes that back.
//
// Before it changes anything the first script makes sure that it runs against an account that it has policies for and
// that none of them exists. So what it makes is new, and the second script may remove all of it. Every text from the
// logs stands in single quotes, in which a shell reads nothing but the closing quote. A name is joined to its option by
// an equals sign: IAM allows names such as `--no-verify-ssl`, which would otherwise be an option themselves.

public import LeastPrivilege

import IAM
import JSONStream

/// Renders proposals as reviewed shell scripts.
public enum PolicyCommandScript {
  /// Renders the script that creates the policies and attaches them.
  ///
  /// - Parameters:
  ///   - proposals: The proposals, in order.
  ///   - output: Where the script goes.
  public static func renderApply(
    _ proposals: [PrincipalProposal], into output: inout some ByteOutput & ~Copyable
  ) {
    let purpose =
      "Creates the managed policies below and attaches them. The matching roll-back script removes them."
    let body = script(proposals, purpose: purpose, helper: mustBeNew) { policies in
      policies.map { "must_be_new \(quoted($0.arn))" }
        + policies.flatMap { policy in
          let kind = policy.entity.rawValue
          return [
            "",
            "# \(terminalText(policy.principal))",
            "aws iam create-policy --policy-name=\(quoted(policy.name)) --description \(quoted(policy.summary)) \\",
            "  --policy-document \(quoted(text(of: policy))) >/dev/null",
            "aws iam attach-\(kind)-policy --\(kind)-name=\(quoted(policy.entityName))"
              + " --policy-arn \(quoted(policy.arn))",
          ]
        }
    }
    output.write(text: body)
  }

  /// Renders the script that takes back what the other one did.
  ///
  /// Policies and attachments that are gone already are passed over, so that it can be run again.
  ///
  /// - Parameters:
  ///   - proposals: The proposals, in order.
  ///   - output: Where the script goes.
  public static func renderRollback(
    _ proposals: [PrincipalProposal], into output: inout some ByteOutput & ~Copyable
  ) {
    let purpose = "Detaches and deletes the managed policies that the matching apply script created."
    let body = script(proposals, purpose: purpose, helper: unlessGone) { policies in
      policies.reversed().flatMap { policy in
        let kind = policy.entity.rawValue
        return [
          "",
          "# \(terminalText(policy.principal))",
          "unless_gone aws iam detach-\(kind)-policy --\(kind)-name=\(quoted(policy.entityName))"
            + " --policy-arn \(quoted(policy.arn))",
          "unless_gone aws iam delete-policy --policy-arn \(quoted(policy.arn))",
        ]
      }
    }
    output.write(text: body)
  }

  private static func script(
    _ proposals: [PrincipalProposal], purpose: String, helper: [String],
    commands: ([DeployablePolicy]) -> [String]
  ) -> String {
    var lines = ["#!/bin/sh", "# \(purpose)", "set -eu", ""] + helper
    let accounts = DeployablePolicy.byAccount(proposals)
    lines += ["account=$(aws sts get-caller-identity --query Account --output text)", "case $account in"]
    for (account, policies) in accounts {
      lines.append("\(quoted(account)))")
      lines += commands(policies).map { $0.isEmpty ? "" : "  \($0)" }
      lines.append("  ;;")
    }
    lines += ["*)", "  echo \"nothing to do for account $account\" >&2", "  exit 1", "  ;;", "esac", ""]
    return lines.joined(separator: "\n")
  }

  /// Stops the script where a policy exists, and where the account does not say whether it does.
  private static let mustBeNew = [
    "must_be_new() {",
    "  if message=$(aws iam get-policy --policy-arn \"$1\" 2>&1); then",
    "    message=\"$1 exists already\"",
    "  else",
    "    case $message in *NoSuchEntity*) return 0 ;; esac",
    "  fi",
    "  printf '%s\\n' \"$message; nothing was changed\" >&2",
    "  exit 1",
    "}",
    "",
  ]

  /// Runs a command, whose complaint that there is no such thing is no failure.
  private static let unlessGone = [
    "unless_gone() {",
    "  if ! message=$(\"$@\" 2>&1); then",
    "    case $message in",
    "    *NoSuchEntity*) ;;",
    "    *)",
    "      printf '%s\\n' \"$message\" >&2",
    "      exit 1",
    "      ;;",
    "    esac",
    "  fi",
    "}",
    "",
  ]

  private static func text(of policy: DeployablePolicy) -> String {
    String(decoding: policy.document.json(pretty: false), as: UTF8.self)
  }

  /// A text in single quotes, as every POSIX shell reads it back unchanged.
  static func quoted(_ text: String) -> String {
    "'" + text.replacing("'", with: "'\\''") + "'"
  }
}
