// `whittle catalog event`: which actions an event needs, and by which rule.

import AWSCatalog
import Reporting

extension Command {
  /// `catalog event SOURCE NAME` and `catalog event -`.
  static let catalogEvent = Command(
    "event", summary: "which actions an event needs, on what, and by which rule",
    synopses: ["SOURCE NAME [--format F]", "- [--format F]"],
    examples: [
      Example("one event", "whittle catalog event lambda.amazonaws.com CreateFunction20150331"),
      Example(
        "every pair of a log, one answer a line",
        "jq -r '.Records[]|[.eventSource,.eventName]|@tsv' log.json | whittle catalog event - --format ndjson"
      ),
    ],
    details: [
      "`actions` are those that the operation always needs, `conditionalActions` those that only some requests need. "
        + "`kind` is `action`, `noPermissionNeeded`, `notACall` or `unresolved`.",
      "With `-`, each line of standard input is `SOURCE<TAB>NAME` and is answered by one line, in order; a line of "
        + "another form is warned about and makes the exit status 3. For one event that cannot be resolved, the exit "
        + "status is 1.",
    ],
    operands: Operands(
      "SOURCE NAME", count: 1...2, help: "event source and event name as CloudTrail writes them; or `-` alone"
    ),
    options: [.catalog, .format(.text, .json, .ndjson), .output],
    body: .job { arguments throws(CommandError) in try CatalogEventJob(arguments) })
}

/// Resolves one event, or those of standard input.
private struct CatalogEventJob: Job {
  /// The event, or `nil` for those of standard input.
  let event: (source: String, name: String)?
  let answer: CatalogAnswer

  init(_ arguments: ParsedArguments) throws(CommandError) {
    answer = CatalogAnswer(arguments)
    switch (arguments.operands.first, arguments.operands.dropFirst().first) {
    case ("-", nil): event = nil
    case (let source?, let name?): event = (source, name)
    default:
      throw CommandError(
        .badOperand, "an event has a source and a name",
        hint: "for example `whittle catalog event s3.amazonaws.com GetObject`, or `-` for standard input")
    }
  }

  func run(on console: Console) throws(CommandError) -> ExitStatus {
    let catalog = try answer.choice.load()
    var stream = try OutputStream(answer.output)
    if let event {
      let report = CatalogEventJob.report(event.source, event.name, catalog)
      write(report, to: &stream, catalog, console)
      try stream.finish()
      return report.mapping.kind == .unresolved ? .answerIsNo : .done
    }
    var lines = try InputLines("-")
    var damaged = 0
    while stream.isOpen, let line = try lines.next() {
      guard case .text(let bytes, let number) = line else {
        damaged += 1
        continue
      }
      if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
      let fields = String(decoding: bytes, as: UTF8.self).split(
        separator: "\t", omittingEmptySubsequences: false)
      guard fields.count == 2 else {
        console.warn("line \(number) is not `SOURCE<TAB>NAME`")
        damaged += 1
        continue
      }
      let name = fields[1].last == "\r" ? fields[1].dropLast() : fields[1]
      write(CatalogEventJob.report(String(fields[0]), String(name), catalog), to: &stream, catalog, console)
    }
    try stream.finish()
    return damaged == 0 ? .done : .damagedInput
  }

  private static func report(_ source: String, _ name: String, _ catalog: Catalog) -> CatalogEventReport {
    CatalogEventReport(
      eventSource: source, eventName: name, mapping: catalog.operation(source: source, name: name))
  }

  private func write(
    _ report: CatalogEventReport, to stream: inout OutputStream, _ catalog: Catalog, _ console: Console
  ) {
    switch answer.format {
    case .ndjson: report.writeJSON(to: &stream, isPretty: false)
    case .json: report.writeJSON(to: &stream, isPretty: event != nil)
    default: report.writeText(to: &stream, catalog: catalog, isColored: answer.isColored(console))
    }
  }
}
