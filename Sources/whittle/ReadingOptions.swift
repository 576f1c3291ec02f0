// What every command that reads logs takes, as an inert value, and the reading itself.

import AWSCatalog
import CloudTrail
import Glibc
import Reporting
import Usage

/// The logs, the filters and the strictness of one command line.
struct ReadingOptions: Hashable, Sendable {
  /// What is read.
  let inputs: [LogInput]
  /// Which events count.
  var filter: UsageFilter
  /// Whether damaged or unresolved input makes the run fail.
  let isStrict: Bool
  /// How many threads read.
  let jobs: Int
  /// Which reference data events are resolved with.
  let catalog: CatalogChoice

  /// Takes the shared options and, as inputs, the operands or some of them.
  ///
  /// - Parameters:
  ///   - arguments: The command line.
  ///   - operands: The inputs; all operands by default.
  /// - Throws: ``CommandError/Code/badOperand`` where standard input is named twice.
  init(_ arguments: ParsedArguments, operands: [String]? = nil) throws(CommandError) {
    let names = operands ?? arguments.operands
    if names.filter({ $0 == "-" }).count > 1 {
      throw CommandError(
        .badOperand, "standard input `-` can be read once only", hint: "name `-` once; order does not matter")
    }
    inputs = names.map { LogInput(argument: $0) }
    var filter = UsageFilter()
    filter.principals = arguments.values(.principal)
    filter.accounts = arguments.values(.account)
    filter.regions = arguments.values(.region)
    filter.services = arguments.values(.service)
    filter.since = arguments.value(.since).flatMap { TimeBound($0) }
    filter.until = arguments.value(.until).flatMap { TimeBound($0) }
    self.filter = filter
    isStrict = arguments.has(.strict)
    jobs = ReadingOptions.jobs(arguments)
    catalog = CatalogChoice(arguments)
  }

  /// How many threads a command line asks for; without `--jobs` as many as there are cores.
  ///
  /// - Parameter arguments: The command line.
  /// - Returns: The number, at least 1.
  static func jobs(_ arguments: ParsedArguments) -> Int {
    arguments.number(.jobs) ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  }

  /// Reads the logs; damage is told on standard error, a line for each file.
  ///
  /// - Parameters:
  ///   - console: Where messages and progress go.
  ///   - catalog: The catalog, where the command has loaded it already.
  /// - Returns: What was used and read, and the status that the damage leads to.
  /// - Throws: ``CommandError/Code/inputMissing`` where an input is missing, nothing could be read or the catalog
  ///   file is none,
  ///   ``CommandError/Code/strict`` where `--strict` was given and the input is damaged or unresolved.
  func read(
    on console: Console, catalog: Catalog? = nil
  ) throws(CommandError) -> (report: UsageReport, status: ExitStatus) {
    let (_, report, status) = try read(on: console, catalog: catalog) { scan in ((), try scan.run()) }
    return (report, status)
  }

  /// Reads the logs by a scan of the command's own; damage is told on standard error, a line for each file.
  ///
  /// - Parameters:
  ///   - console: Where messages and progress go.
  ///   - catalog: The catalog, where the command has loaded it already.
  ///   - body: Reads what the scan says.
  /// - Returns: What the body found beside the usage, what was used and read, and the status that damage leads to.
  /// - Throws: As ``read(on:catalog:)``.
  func read<Finding>(
    on console: Console, catalog: Catalog? = nil, _ body: (UsageScan) throws -> (Finding, UsageScan.Result)
  ) throws(CommandError) -> (finding: Finding, report: UsageReport, status: ExitStatus) {
    for case .path(let path) in inputs where unsafe access(path, F_OK) != 0 {
      throw CommandError(
        .inputMissing, "cannot read `\(path)`: \(systemMessage(errno))",
        hint: "name log files, directories of them, or `-` for standard input")
    }
    let catalog = if let catalog { catalog } else { try self.catalog.load() }
    var scan = UsageScan(inputs: inputs, jobs: jobs, catalog: catalog)
    scan.filter = filter
    let meter = console.showsProgress ? ProgressMeter() : nil
    if let meter { scan.progress = { meter.show(files: $0.files, bytes: $0.bytes) } }
    let finding: Finding
    let result: UsageScan.Result
    do {
      (finding, result) = try body(scan)
    } catch {
      throw CommandError(.inputMissing, "cannot keep standard input in a temporary file: \(error)")
    }
    meter?.clear()
    let report = UsageReport(ledger: result.ledger, summary: result.summary, jobs: jobs)
    try judge(report, on: console)
    return (finding, report, result.summary.damaged.isEmpty ? .done : .damagedInput)
  }

  /// Tells what was wrong with the input, and throws where that ends the run.
  private func judge(_ report: UsageReport, on console: Console) throws(CommandError) {
    let damaged = report.summary.damaged
    let shown = 20
    for damage in damaged.prefix(shown) { console.warn("`\(damage.path)` \(damage.place)") }
    if damaged.count > shown {
      console.warn("\(damaged.count - shown) more files are damaged; `usage --format json` lists them all")
    }
    if let reason = report.summary.unboundedDuplicates {
      console.warn(
        "finding duplicates took memory for every event: \(reason); set TMPDIR to a folder with room")
    }
    if !damaged.isEmpty, report.summary.files == 0 {
      throw CommandError(.inputMissing, "nothing could be read")
    }
    if isStrict, !damaged.isEmpty {
      throw CommandError(.strict, "input is damaged, and `--strict` was given; nothing was written")
    }
    if isStrict, let (operation, tally) = report.ledger.unresolved.min(by: { $0.key < $1.key }) {
      throw CommandError(
        .strict,
        "\(report.ledger.unresolvedEvents) events are not resolved to an action, such as \(tally.count) of "
          + "`\(operation.eventName)` of `\(operation.eventSource)`, and `--strict` was given; nothing was written"
      )
    }
    if report.ledger.events.count == 0 {
      console.warn("no CloudTrail events that match were found")
    } else {
      for warning in report.summary.warnings { console.warn(warning) }
    }
  }
}
