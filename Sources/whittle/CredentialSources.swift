// What a command line says of credential reports, and from when ages are counted.

import IAM
import LeastPrivilege
import Usage

extension CommandOption {
  /// `--credential-report`.
  static let credentialReport = CommandOption(
    "credential-report", .path("FILE"), isRepeatable: true,
    help: "passwords and access keys: the CSV of `aws iam get-credential-report`, or a directory of them")
  /// `--now`.
  static let now = CommandOption(
    "now", .time, help: "count the age of credentials from this time; the newest event by default")
}

/// The credential reports of one command line.
struct CredentialSources: Hashable, Sendable {
  /// The values of `--credential-report`.
  let paths: [String]
  /// The value of `--now`.
  let now: TimeBound?

  /// Takes the options.
  ///
  /// - Parameter arguments: The command line.
  init(_ arguments: ParsedArguments) {
    paths = arguments.values(.credentialReport)
    now = arguments.value(.now).flatMap { TimeBound($0) }
  }

  /// Reads the reports; rows that cannot be read are told on standard error.
  ///
  /// - Parameter console: Where messages go.
  /// - Returns: The users of all reports, and the status that damage leads to.
  /// - Throws: ``CommandError/Code/inputMissing`` where a file cannot be read or is no credential report.
  func read(on console: Console) throws(CommandError) -> (report: CredentialReport, status: ExitStatus) {
    var report = CredentialReport()
    var status = ExitStatus.done
    try GrantsReading.each(
      of: paths, holding: "credential reports", hint: "make one with `aws iam get-credential-report`",
      status: &status, on: console
    ) { bytes, path throws(GrantsError) in
      report.merge(try CredentialReport(parsing: bytes, file: path))
    }
    for problem in report.problems {
      console.warn("`\(problem.file)`: \(problem.subject): \(problem.message)")
    }
    return (report, report.problems.isEmpty ? status : status.or(.damagedInput))
  }
}
