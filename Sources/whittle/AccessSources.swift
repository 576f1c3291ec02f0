// What a command line says of IAM's last accessed information.

import IAM
import LeastPrivilege

extension CommandOption {
  /// `--last-accessed`.
  static let lastAccessed = CommandOption(
    "last-accessed", .path("FILE"), isRepeatable: true,
    help: "what `aws iam get-service-last-accessed-details` says of identities, or a directory of it")
}

/// The last accessed information of one command line.
struct AccessSources: Hashable, Sendable {
  /// What `--last-accessed` is good for, for the helps of commands.
  static let help =
    "--last-accessed takes the answers of `aws iam get-service-last-accessed-details`, of either granularity, for users, roles, "
    + "groups or policies. They tell of services, and of some actions of the management plane, when an identity last tried them, "
    + "allowed or denied, in the last 400 days or more; never on which resource. What was tried since the logs begin, and does not "
    + "stand in them, is `accessed`, never unused, and stays in every proposal. An attempt on a service alone speaks for all its "
    + "actions where the logs do not cover its hour and region; where they do, for those that the logs cannot show, if the "
    + "identity holds such. Nothing is called unused because of this information: of groups and policies AWS tells only who came "
    + "last."

  /// The values of `--last-accessed`.
  let paths: [String]

  /// Takes the option.
  ///
  /// - Parameter arguments: The command line.
  init(_ arguments: ParsedArguments) { paths = arguments.values(.lastAccessed) }

  /// Reads the reports; what cannot be read of them is told on standard error.
  ///
  /// - Parameter console: Where messages go.
  /// - Returns: All reports as one, and the status that damage leads to.
  /// - Throws: ``CommandError/Code/inputMissing`` where a file cannot be read or holds no such information.
  func read(on console: Console) throws(CommandError) -> (report: LastAccessedReport, status: ExitStatus) {
    var report = LastAccessedReport()
    var status = ExitStatus.done
    try GrantsReading.each(
      of: paths, holding: "last accessed information",
      hint: "make one with `aws iam get-service-last-accessed-details`", status: &status, on: console
    ) { bytes, path throws(GrantsError) in
      report.merge(try LastAccessedReport(parsing: bytes, file: path))
    }
    for problem in report.problems {
      console.warn("`\(problem.file)`: \(problem.subject): \(problem.message)")
    }
    return (report, report.problems.isEmpty ? status : status.or(.damagedInput))
  }
}
