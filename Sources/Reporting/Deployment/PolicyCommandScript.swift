// Policies as shell scripts of AWS CLI commands: one that creates and attaches them, and one that takes that back.
//
// Before it changes anything the first script makes sure that it runs against an account that it has policies for, that
// none of them exists, and that each identity has room for them. So what it makes is new, and the second script may
// remove all of it. What is attached stays; where IAM's limit leaves no room, `AttachmentPlan` says what goes before what
// comes, and the second script takes the same steps backwards. Every text from the
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
    let body = script(proposals, purpose: purpose, helper: mustBeNew + mustHaveRoom) { policies in
      policies.map { "must_be_new \(quoted($0.arn))" } + rooms(policies)
        + policies.flatMap { policy in
          ["", "# \(terminalText(policy.principal))"]
            + [
              "aws iam create-policy --policy-name=\(quoted(policy.name)) --description \(quoted(policy.summary)) \\",
              "  --policy-document \(quoted(text(of: policy))) >/dev/null",
            ]
            + policy.detachments.flatMap { detachment in
              [comment(on: detachment), attachment("detach", policy, detachment.policy)]
            } + [attachment("attach", policy, policy.arn)]
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
        [
          "", "# \(terminalText(policy.principal))",
          "unless_gone " + attachment("detach", policy, policy.arn),
        ]
          + policy.detachments.reversed().map { attachment("attach", policy, $0.policy) }
          + ["unless_gone aws iam delete-policy --policy-arn \(quoted(policy.arn))"]
      }
    }
    output.write(text: body)
  }

  /// The command that attaches a policy to an identity, or detaches it.
  private static func attachment(_ verb: String, _ policy: DeployablePolicy, _ arn: String) -> String {
    let kind = policy.entity.rawValue
    return
      "aws iam \(verb)-\(kind)-policy --\(kind)-name=\(quoted(policy.entityName)) --policy-arn \(quoted(arn))"
  }

  private static func comment(on detachment: Detachment) -> String {
    let uses = counted(detachment.uncoveredUses, "recorded use")
    return detachment.uncoveredUses == 0
      ? "# no room for one more; all recorded uses stay allowed without this one"
      : "# no room for one more; \(uses) not allowed until the next policies are attached"
  }

  /// A check for each identity that its new policies can be attached.
  private static func rooms(_ policies: [DeployablePolicy]) -> [String] {
    var needs: [(policy: DeployablePolicy, count: Int)] = []
    for policy in policies {
      let count = 1 - policy.detachments.count
      if needs.last?.policy.principal == policy.principal {
        needs[needs.count - 1].count += count
      } else {
        needs.append((policy, count))
      }
    }
    return needs.map { policy, count in
      let kind = policy.entity.rawValue
      return "must_have_room \(kind) \(quoted(policy.entityName)) \(count) \(policy.attachmentLimit)"
    }
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
  static let mustBeNew = [
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

  /// Stops the script where an identity has so many policies attached that the new ones would not fit.
  private static let mustHaveRoom = [
    "must_have_room() {",
    "  attached=$(aws iam \"list-attached-$1-policies\" \"--$1-name=$2\" --query 'length(AttachedPolicies)' --output text)",
    "  if [ $((attached + $3)) -gt \"$4\" ]; then",
    "    printf '%s\\n' \"$1 $2 has $attached policies attached, and $4 may be; nothing was changed\" >&2",
    "    exit 1",
    "  fi",
    "}",
    "",
  ]

  /// Runs a command, whose complaint that there is no such thing is no failure.
  static let unlessGone = [
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
