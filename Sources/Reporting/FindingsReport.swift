// Findings about whole accounts, in the formats of `whittle diff`.

import IAM
import JSONStream
public import LeastPrivilege

/// The findings of one comparison, for the renderers of its formats.
public struct FindingsReport: Sendable {
  /// The findings.
  public var findings: AccountFindings

  /// Creates a report.
  ///
  /// - Parameter findings: The findings.
  public init(_ findings: AccountFindings) { self.findings = findings }

  /// Writes the findings as members of a JSON object.
  ///
  /// - Parameter writer: Where the members go.
  func writeMembers(to writer: inout JSONWriter) {
    writer.member("ineffective", findings.ineffective) { writer, principal in
      writer.member("principal", principal.principal)
      writer.member("grants", principal.grants) { writer, grant in
        writer.member("policy", grant.source.name)
        writer.member("policyKind", grant.source.kind.rawValue)
        writer.member("index", grant.index)
        writer.member("sid", grant.sid)
        writer.member("reason", grant.reason)
        writer.member("actions", grant.actions)
      }
    }
    writer.member("deadWeight", findings.deadWeight) { writer, item in
      writer.member("kind", item.kind.rawValue)
      writer.member("subject", item.subject)
      writer.member("detail", item.detail)
      writer.member("proven", item.isProven)
      writer.member("reason", item.reason)
      writer.member("lastUsed", item.lastUsed)
      writer.member("created", item.created)
    }
    writer.member("sharedShapes", findings.sharedShapes) { writer, shape in
      writer.member("account", shape.account)
      writer.member("shareBy", shape.isGroup ? "group" : "managedPolicy")
      writer.member("actions", shape.actions)
      writer.member("members", shape.members) { writer, member in
        writer.member("principal", member.principal)
        writer.member("similarityPercent", member.similarity)
        writer.member("excess", member.excess)
      }
    }
    writer.member("accounts", findings.coverage) { writer, account in
      writer.member("account", account.account)
      writer.member("from", account.window?.lowerBound)
      writer.member("until", account.window?.upperBound)
      writer.member("coveredHours", account.hours)
      writer.member("missingHours", account.missingHours)
      writer.member("gaps", account.gaps) { writer, gap in
        writer.member("from", gap.lowerBound)
        writer.member("until", gap.upperBound)
      }
      writer.member("regions", account.regions)
      writer.member("dataServices", account.dataServices)
    }
  }

  /// Writes the findings for people.
  ///
  /// - Parameters:
  ///   - output: Where the bytes go.
  ///   - isColored: Whether a terminal shows them.
  func writeText(to output: inout some ByteOutput & ~Copyable, isColored: Bool) {
    func section(_ title: String, _ table: TextTable) {
      guard !table.isEmpty else { return }
      output.write(text: "\n" + TextStyle.paint(title, .warning, enabled: isColored) + "\n")
      table.write(to: &output, indent: 2, isColored: isColored)
    }
    var ineffective = TextTable(
      ("Principal", .left), ("Policy", .left), ("Statement", .left), ("Actions", .right), ("Why", .left),
      ("Such as", .left))
    for principal in findings.ineffective {
      for grant in principal.grants {
        ineffective.add(
          .init(principal.principal), .init(grant.source.words), .init(grant.sid ?? grouped(grant.index + 1)),
          .init(grouped(grant.actions.count), .bad), .init(grant.reason), .init(grant.actions.first ?? ""))
      }
    }
    section("Granted but ineffective", ineffective)
    var dead = TextTable(("What", .left), ("Which", .left), ("Proven", .left), ("Why", .left))
    for item in findings.deadWeight {
      dead.add(
        .init(item.words), .init(item.subject),
        .init(item.isProven ? "yes" : "no", item.isProven ? .bad : .dim),
        .init(item.reason))
    }
    section("Dead weight", dead)
    var shared = TextTable(
      ("Shared by", .left), ("Principal", .left), ("Alike", .right), ("Actions", .right), ("Excess", .left))
    for shape in findings.sharedShapes {
      for (index, member) in shape.members.enumerated() {
        let excess = member.excess.isEmpty ? "none" : member.excess.prefix(8).joined(separator: ", ")
        let more = member.excess.count > 8 ? " and \(grouped(member.excess.count - 8)) more" : ""
        shared.add(
          .init(index > 0 ? "" : shape.isGroup ? "a group" : "a managed policy"), .init(member.principal),
          .init("\(member.similarity)%"), .init(index > 0 ? "" : grouped(shape.actions.count)),
          .init(excess + more))
      }
    }
    section("Much the same use", shared)
    var gaps = TextTable(
      ("Account", .left), ("Hours covered", .right), ("Missing", .right), ("Longest gaps", .left))
    for account in findings.coverage where account.missingHours > 0 {
      gaps.add(
        .init(account.account), .init(grouped(account.hours)), .init(grouped(account.missingHours), .warning),
        .init(
          account.gaps.map { "\(timeText($0.lowerBound)) to \(timeText($0.upperBound))" }.joined(
            separator: ", ")))
    }
    section("Gaps in the logs", gaps)
  }

  /// Writes the findings as GitHub-flavoured Markdown.
  ///
  /// - Parameter output: Where the bytes go.
  func writeMarkdown(to output: inout some ByteOutput & ~Copyable) {
    func section(_ title: String, _ header: [String], _ rows: [[String]]) {
      guard !rows.isEmpty else { return }
      output.write(text: "\n## \(title)\n\n")
      writeMarkdownTable(header, rows: rows, to: &output)
    }
    section(
      "Granted but ineffective", ["Principal", "Policy", "Statement", "Actions", "Why"],
      findings.ineffective.flatMap { principal in
        principal.grants.map { grant in
          [
            markdownCode(principal.principal), markdownCode(grant.source.words),
            grant.sid.map(markdownCode) ?? grouped(grant.index + 1), grouped(grant.actions.count),
            markdownCode(grant.reason),
          ]
        }
      })
    section(
      "Dead weight", ["What", "Which", "Proven", "Why"],
      findings.deadWeight.map {
        [$0.words, markdownCode($0.subject), $0.isProven ? "yes" : "no", markdownCode($0.reason)]
      })
    section(
      "Much the same use", ["Shared by", "Principal", "Alike", "Excess actions"],
      findings.sharedShapes.flatMap { shape in
        shape.members.map {
          [
            shape.isGroup ? "a group" : "a managed policy", markdownCode($0.principal), "\($0.similarity)%",
            grouped($0.excess.count),
          ]
        }
      })
    section(
      "What the logs cover",
      ["Account", "From", "Until", "Hours covered", "Hours missing", "Regions", "Data events"],
      findings.coverage.map {
        [
          markdownCode($0.account), timeText($0.window?.lowerBound), timeText($0.window?.upperBound),
          grouped($0.hours), grouped($0.missingHours), markdownCode($0.regions.joined(separator: ", ")),
          markdownCode($0.dataServices.joined(separator: ", ")),
        ]
      })
  }

  /// Writes what nobody needs as comma-separated rows, in the columns of `diff --format csv`.
  ///
  /// - Parameter output: Where the bytes go.
  func writeCSV(to output: inout some ByteOutput & ~Copyable) {
    for principal in findings.ineffective where output.isOpen {
      for grant in principal.grants {
        for action in grant.actions {
          CSVWriter.write(
            [
              principal.principal, grant.source.name, grant.source.kind.rawValue, String(grant.index),
              grant.sid ?? "", action, "ineffective", "", "", "", grant.reason,
            ], to: &output)
        }
      }
    }
    for item in findings.deadWeight where output.isOpen {
      CSVWriter.write(
        [
          item.subject, item.detail ?? "", "", "", "", "", item.kind.rawValue, "",
          item.lastUsed?.description ?? "", "", item.reason,
        ], to: &output)
    }
  }
}

extension DeadWeight {
  /// The kind of thing in the words of the text formats.
  fileprivate var words: String {
    let words =
      switch kind {
      case .unusedRole: "unused role"
      case .unusedUser: "unused user"
      case .emptyGroup: "empty group"
      case .unusedGroup: "unused group"
      case .unattachedPolicy: "unattached policy"
      case .idleBoundary: "boundary that does not bind"
      case .unusedPassword: "unused password"
      case .oldPassword: "old password"
      case .unusedAccessKey: "unused access key"
      case .oldAccessKey: "old access key"
      }
    return kind == .unusedAccessKey || kind == .oldAccessKey ? "\(words) (\(detail ?? ""))" : words
  }
}
