// Findings about whole accounts, in the formats of `whittle diff`.

import IAM
import Usage
public import LeastPrivilege

/// The findings of one comparison, for the renderers of its formats.
public struct FindingsReport: Sendable {
  /// The findings.
  public var findings: AccountFindings

  /// Creates a report.
  ///
  /// - Parameter findings: The findings.
  public init(_ findings: AccountFindings) { self.findings = findings }

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
        shared.add(
          .init(index > 0 ? "" : shape.isGroup ? "a group" : "a managed policy"), .init(member.principal),
          .init("\(member.similarity)%"), .init(index > 0 ? "" : grouped(shape.actions.count)),
          .init(Self.list(member.excess, limit: 8)))
      }
    }
    section("Much the same use", shared)
    var split = TextTable(
      ("Role", .left), ("Group", .right), ("Who", .left), ("Actions", .right), ("Such as", .left),
      ("Not needed", .left))
    for role in findings.splitCandidates {
      for (index, group) in role.groups.enumerated() {
        split.add(
          .init(index > 0 ? "" : role.role), .init(grouped(index + 1)),
          .init(Self.list(group.members.map(\.words), limit: 6)), .init(grouped(group.actions.count)),
          .init(Self.list(group.actions, limit: 3)), .init(Self.list(group.notNeeded, limit: 6)))
      }
      if !role.others.isEmpty {
        split.add(
          .init(""), .init("–"), .init(Self.list(role.others.map(\.words), limit: 6)), .init(""),
          .init("too few actions to tell"), .init(""))
      }
      if !role.isComplete {
        split.add(
          .init(""), .init("–"), .init("more than \(grouped(RoleUsers.userLimit)) people"), .init(""),
          .init("not looked at"), .init(""))
      }
    }
    section("Used by people in clearly different ways: a role for each", split)
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

  /// The first few of a list, with the number of the rest; `none` of an empty one.
  static func list(_ texts: [String], limit: Int) -> String {
    if texts.isEmpty { return "none" }
    let more = texts.count > limit ? " and \(grouped(texts.count - limit)) more" : ""
    return texts.prefix(limit).joined(separator: ", ") + more
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
      "Used by people in clearly different ways", ["Role", "Group", "Who", "Actions", "Not needed"],
      findings.splitCandidates.flatMap { role in
        role.groups.enumerated().map { index, group in
          [
            markdownCode(role.role), grouped(index + 1),
            markdownCode(group.members.map(\.words).joined(separator: ", ")),
            markdownCode(group.actions.joined(separator: ", ")),
            markdownCode(Self.list(group.notNeeded, limit: 40)),
          ]
        }
          + (role.others.isEmpty
            ? []
            : [
              [
                markdownCode(role.role), "–", markdownCode(role.others.map(\.words).joined(separator: ", ")),
                "too few to tell", "",
              ]
            ])
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
}

extension DeadWeight {
  /// The kind of thing in the words of the text formats.
  var words: String {
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

extension RoleUser {
  /// The name, with what it is where that is not the name of a session.
  fileprivate var words: String {
    switch evidence {
    case .session: name
    case .sourceIdentity: "\(name) (source identity)"
    case .identityCenterUser: "\(name) (Identity Center user)"
    }
  }
}
