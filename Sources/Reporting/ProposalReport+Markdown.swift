// `policy --format markdown`: for pull requests and tickets.

import CloudTrail
import IAM
import LeastPrivilege

extension ProposalReport {
  /// Writes the proposals as GitHub-flavoured Markdown.
  ///
  /// - Parameter output: Where the bytes go.
  public func writeMarkdown(to output: inout some ByteOutput & ~Copyable) {
    output.write(text: "# Proposed policies\n\n")
    writeMarkdownTable(
      ["Principal", "Policies", "Complete", "Nothing new", "Minimal", "Within quotas", "Denied attempts"],
      rows: proposals.map { proposal in
        let verification = proposal.verification
        return [
          markdownCode(proposal.principal.identifier), grouped(proposal.policies.count),
          mark(verification.complete), verification.noNewAccess.map(mark) ?? "not checked",
          mark(verification.minimal), mark(verification.withinQuotas), grouped(proposal.denied.count),
        ]
      }, to: &output)
    for proposal in proposals where output.isOpen { write(proposal, to: &output) }
  }

  private func mark(_ holds: Bool) -> String { holds ? "yes" : "**no**" }

  private func write(_ proposal: PrincipalProposal, to output: inout some ByteOutput & ~Copyable) {
    output.write(text: "\n## \(markdownCode(proposal.principal.identifier))\n")
    for policy in proposal.policies {
      output.write(text: "\n\(markdownCode(policy.name)), \(counted(policy.size, "character")):\n\n")
      // Indented code has no fence that a text could close, and its lines never begin with anything but JSON.
      let text = String(decoding: policy.document.json(pretty: true), as: UTF8.self)
      for line in text.split(separator: "\n") { output.write(text: "    \(terminalText(String(line)))\n") }
    }
    section(
      "Wider than the recorded use", ["Statement", "Pattern", "Stands for", "Why"],
      proposal.verification.excess.map {
        [markdownCode($0.sid), markdownCode($0.pattern), grouped($0.distinctUsed), markdownCode($0.words)]
      }, to: &output)
    section(
      "Granted on more than one resource, because the logs do not tell which", ["Action", "Why"],
      proposal.unresolvedResources.map { [markdownCode($0.action), markdownCode($0.reason)] }, to: &output)
    section(
      "Used, but not allowed by the current grant, and so not granted",
      ["Action", "Resource", "Calls", "Why"],
      proposal.notGranted.map {
        [markdownCode($0.action), markdownCode($0.resource), grouped($0.calls), markdownCode($0.reason)]
      }, to: &output)
    section(
      "Denied attempts, not granted", ["Action", "Resource", "Attempts"],
      proposal.denied.map { [markdownCode($0.action), markdownCode($0.resource), grouped($0.attempts)] },
      to: &output)
  }

  private func section(
    _ title: String, _ header: [String], _ rows: [[String]], to output: inout some ByteOutput & ~Copyable
  ) {
    guard !rows.isEmpty else { return }
    output.write(text: "\n\(title):\n\n")
    writeMarkdownTable(header, rows: rows, to: &output)
  }
}
