// `policy --format text`: the documents, and in a few lines what is proved of them and what they leave out.

import CloudTrail
import IAM
import LeastPrivilege

extension ProposalReport {
  /// Writes the proposals for people.
  ///
  /// - Parameters:
  ///   - output: Where the bytes go.
  ///   - isColored: Whether a terminal shows them.
  ///   - showsDocuments: Whether the documents are part of the text; not where they are files of their own.
  public func writeText(
    to output: inout some ByteOutput & ~Copyable, isColored: Bool, showsDocuments: Bool = true
  ) {
    basis.writeSummary(to: &output, isColored: isColored)
    for proposal in proposals where output.isOpen {
      output.write(text: "\n")
      let page = ProposalPage(proposal: proposal, isColored: isColored, showsDocuments: showsDocuments)
      page.write(to: &output)
    }
    if proposals.isEmpty { output.write(text: "\nno principal used anything that a policy could grant\n") }
  }
}

/// One principal's part of the text.
private struct ProposalPage {
  let proposal: PrincipalProposal
  let isColored: Bool
  let showsDocuments: Bool

  func write(to output: inout some ByteOutput & ~Copyable) {
    output.write(text: paint(terminalText(proposal.principal.identifier), .heading) + "\n")
    output.write(text: "  \(verdict())\n")
    for failure in proposal.verification.failures {
      output.write(
        text: "  " + paint("\(failure.kind.rawValue): ", .bad) + terminalText(failure.explanation) + "\n")
    }
    if proposal.standing == .notDescribed {
      output.write(
        text: "  " + paint("current grant unknown: ", .warning)
          + "--granted does not describe this principal, so that recorded use alone decides\n")
    }
    if let proof = proposal.packing.proof { output.write(text: "  \(proof)\n") }
    writeAttachment(to: &output)
    for policy in proposal.policies { write(policy, to: &output) }
    writeExcess(to: &output)
    writeUnresolved(to: &output)
    writeUngranted(to: &output)
    writeDenied(to: &output)
  }

  /// How the policies go together with what is attached.
  private func writeAttachment(to output: inout some ByteOutput & ~Copyable) {
    let packing = proposal.packing
    let state = "\(packing.alreadyAttached) of \(packing.attachmentLimit) managed policies are attached today"
    if packing.keepsAttached, packing.alreadyAttached > 0, packing.policies > 0 {
      let free = counted(packing.freeSlots, "slot")
      output.write(text: "  beside what is attached: \(state) and stay; \(free) left for these\n")
    }
    guard packing.toDetachFirst > 0, !packing.keepsAttached else { return }
    output.write(
      text: "  " + paint("replaces what is attached: ", .warning) + "\(state), so that "
        + "\(packing.toDetachFirst) of them must go before the last of these can be attached\n")
    for detachment in packing.detachments {
      let uses = counted(detachment.uncoveredUses, "recorded use")
      let outcome =
        detachment.uncoveredUses == 0
        ? "all recorded uses stay allowed" : "\(uses) not allowed until the next ones are attached"
      output.write(
        text:
          "    detach \(terminalText(detachment.policy)) before \(proposal.policies[detachment.replacement].name)"
          + " is attached: \(outcome)\n")
    }
  }

  private func paint(_ text: String, _ style: TextStyle) -> String {
    TextStyle.paint(text, style, enabled: isColored)
  }

  /// What is written and what is proved of it, in one line.
  private func verdict() -> String {
    if proposal.standing == .gone {
      let uses = counted(proposal.notGranted.count, "recorded use")
      return "no policy: the account has no such \(proposal.principal.kind == .user ? "user" : "role") today "
        + "(\(uses), listed by --format json)"
    }
    guard !proposal.policies.isEmpty else {
      return proposal.denied.isEmpty
        ? "no policy: nothing was used that a policy could grant" : "no policy: every attempt was denied"
    }
    let verification = proposal.verification
    let text = counted(proposal.policies.count, "policy", "policies")
    let uses = counted(verification.usesReplayed, "recorded use")
    var proofs = [
      verification.complete ? (true, "allows all of \(uses)") : (false, "does not allow all of \(uses)")
    ]
    if let nothingNew = verification.noNewAccess {
      proofs.append((nothingNew, nothingNew ? "allows nothing new" : "allows something new"))
    }
    let minimal = verification.excess.isEmpty ? "minimal" : "minimal but for what is listed"
    proofs.append((verification.minimal, verification.minimal ? minimal : "not minimal"))
    proofs.append(
      (verification.withinQuotas, verification.withinQuotas ? "within quotas" : "not within quotas"))
    let marks = proofs.map { holds, text in
      paint(holds ? "✓" : "✗ \(text)", holds ? .good : .bad) + (holds ? " \(text)" : "")
    }
    return text + ": " + marks.joined(separator: "  ")
  }

  private func write(_ policy: NamedPolicy, to output: inout some ByteOutput & ~Copyable) {
    let size =
      "\(counted(policy.size, "character")), \(counted(policy.document.statements.count, "statement"))"
    output.write(text: "\n  " + paint(terminalText(policy.name), .heading) + "  \(size)\n")
    if showsDocuments {
      // The writer of policies escapes everything that a terminal would act on but format characters.
      let text = String(decoding: policy.document.json(pretty: true), as: UTF8.self)
      for line in text.split(separator: "\n") { output.write(text: "  " + terminalText(String(line)) + "\n") }
    }
    var table = TextTable(
      ("Statement", .left), ("Uses", .right), ("Calls", .right), ("First seen", .left), ("Last seen", .left),
      ("Example event", .left))
    for evidence in policy.evidence {
      table.add(
        .init(evidence.sid), .init(grouped(evidence.uses)), .init(grouped(evidence.calls)),
        .init(timeText(evidence.firstSeen)), .init(timeText(evidence.lastSeen)),
        .init(evidence.exampleEvents.first ?? "", .dim))
    }
    table.write(to: &output, isColored: isColored)
  }

  private func section(_ title: String, _ table: TextTable, to output: inout some ByteOutput & ~Copyable) {
    guard !table.isEmpty else { return }
    output.write(text: "\n  " + paint(title, .warning) + "\n")
    table.write(to: &output, indent: 4, isColored: isColored)
  }

  private func writeExcess(to output: inout some ByteOutput & ~Copyable) {
    var table = TextTable(("Statement", .left), ("Pattern", .left), ("Stands for", .right), ("Why", .left))
    for excess in proposal.verification.excess {
      table.add(
        .init(excess.sid), .init(excess.pattern), .init(grouped(excess.distinctUsed)), .init(excess.words))
    }
    section("Wider than the recorded use", table, to: &output)
  }

  private func writeUnresolved(to output: inout some ByteOutput & ~Copyable) {
    var table = TextTable(("Action", .left), ("Why the resource is unknown", .left))
    for resource in proposal.unresolvedResources { table.add(.init(resource.action), .init(resource.reason)) }
    section("Granted on more than one resource, because the logs do not tell which", table, to: &output)
  }

  private func writeUngranted(to output: inout some ByteOutput & ~Copyable) {
    var table = TextTable(
      ("Action", .left), ("Resource", .left), ("Calls", .right), ("Last seen", .left), ("Why", .left))
    for use in proposal.notGranted where proposal.standing != .gone {
      table.add(
        .init(use.action), .init(use.resource), .init(grouped(use.calls)), .init(timeText(use.lastSeen)),
        .init(use.reason))
    }
    section("Used, but not allowed by the current grant, and so not granted", table, to: &output)
  }

  private func writeDenied(to output: inout some ByteOutput & ~Copyable) {
    var table = TextTable(
      ("Action", .left), ("Resource", .left), ("Attempts", .right), ("Last seen", .left))
    for attempt in proposal.denied {
      table.add(
        .init(attempt.action, .bad), .init(attempt.resource), .init(grouped(attempt.attempts)),
        .init(timeText(attempt.lastSeen)))
    }
    section("Denied attempts, not granted", table, to: &output)
  }
}
