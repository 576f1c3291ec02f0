// `whittle check POLICY… LOGS…`: replay recorded use against policies on disk.

import CloudTrail
import Glibc
import IAM
import LeastPrivilege
import Reporting
import Usage

/// Replays recorded use against policies, to see what would break.
///
/// An operand is a policy document, a directory that `whittle policy --output` wrote, or logs; they are told apart by
/// content. The policies of such a directory are held each to the uses of their own principal, and to everything
/// that the manifest promises; other policies, taken together, to the uses of every principal that is asked for.
struct CheckReplay {
  /// The command line.
  let arguments: ParsedArguments

  /// No policy document is larger than this, so that a log need not be read whole to see that it is none.
  private static let documentLimit = 1 << 20

  /// Policies of one principal, or of whoever is asked for.
  private struct PolicySet: Sendable {
    var principal: Principal?
    var policies: [NamedPolicy] = []
    var notGranted: [UngrantedUse] = []
    var includesDenied = false
    var strictness = PolicyCheck.Strictness.complete

    /// What is wrong with the policies.
    func failures(by check: PolicyCheck) -> [VerificationFailure] {
      guard let principal else { return [] }
      return check.check(
        policies, of: principal, strictness: strictness, exempt: notGranted, includeDenied: includesDenied
      ).failures
    }
  }

  /// Replays.
  ///
  /// - Parameter console: Where messages go.
  /// - Returns: What would break, sorted by principal, and the status that damaged input leads to.
  /// - Throws: Where a file cannot be read, or there is no policy or no log among the operands.
  func run(on console: Console) throws(CommandError) -> (failures: [VerificationFailure], status: ExitStatus)
  {
    var sets: [PolicySet] = []
    var hasPolicies = false
    var loose = PolicySet()
    var logs: [String] = []
    for operand in arguments.operands {
      if let written = try Self.written(operand) {
        // Logs without a call that needs a permission lead to a directory without policies, which holds.
        hasPolicies = true
        sets += written
      } else if let policy = Self.document(operand) {
        hasPolicies = true
        loose.policies.append(policy)
      } else {
        logs.append(operand)
      }
    }
    guard hasPolicies else {
      throw CommandError(
        .badOperand, "no policy among the operands",
        hint: "name policy documents, or a directory that `whittle policy --output` wrote, and logs")
    }
    guard !logs.isEmpty else {
      throw CommandError(
        .badOperand, "no logs among the operands",
        hint: "name logs to replay, or compare policies with `--existing` and `--proposed`")
    }
    let reading = try ReadingOptions(arguments, operands: logs)
    let catalog = try reading.catalog.load()
    let (basis, status) = try reading.read(on: console, catalog: catalog)
    var check = PolicyCheck(basis.ledger, catalog: catalog)
    let accounts = Set(check.principals.compactMap { ARN($0.identifier)?.account }).sorted()
    let (organization, treeStatus) = try GrantsReading.readOrganization(
      arguments.values(.organization), accounts: accounts, on: console)
    check.organization = organization
    let (grants, grantsStatus) = try GrantsReading.read(arguments.values(.granted), on: console)
    check.grants = grants
    let known = Set(sets.compactMap(\.principal))
    for principal in check.principals where !known.contains(principal) {
      var set = loose
      set.principal = principal
      sets.append(set)
    }
    let outcomes = sets.filter { $0.principal.map(arguments.matches) ?? false }
      .map(jobs: reading.jobs) { [check] in $0.failures(by: check) }
    return (outcomes.flatMap(\.self), status.or(treeStatus).or(grantsStatus))
  }

  /// The policies of a directory that `policy --output` wrote; `nil` where the operand is something else.
  private static func written(_ path: String) throws(CommandError) -> [PolicySet]? {
    guard FileSystem.isDirectory(path),
      let bytes = FileSystem.contents("\(path)/\(OutputDirectory.manifestName)", limit: 1 << 30),
      let manifest = PolicyManifest(parsing: bytes)
    else { return nil }
    var sets: [PolicySet] = []
    for entry in manifest.entries {
      var set = PolicySet(
        principal: entry.principal, notGranted: entry.notGranted, includesDenied: manifest.includesDenied,
        strictness: .minimal)
      for (name, file) in entry.policies {
        guard var policy = document("\(path)/\(file)") else {
          throw CommandError(
            .inputMissing, "`\(path)/\(file)` is no policy document, and the manifest names it",
            hint: "write the directory again with `whittle policy --output`")
        }
        policy.name = name
        set.policies.append(policy)
      }
      sets.append(set)
    }
    return sets
  }

  /// A policy document with the file's name as its name; `nil` where the file is none.
  private static func document(_ path: String) -> NamedPolicy? {
    // What is no regular file, such as a pipe, can be read only once, and that is for the logs' reader.
    var status = stat()
    guard path != "-", unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      let bytes = FileSystem.contents(path, limit: documentLimit),
      let document = try? PolicyDocument(json: bytes)
    else { return nil }
    let file = path.split(separator: "/").last.map(String.init) ?? path
    let name = file.hasSuffix(".json") ? String(file.dropLast(5)) : file
    return NamedPolicy(name: name, document: document, size: document.managedPolicySize, evidence: [])
  }
}

extension ParsedArguments {
  /// Whether a principal is one that `--principal` asks for.
  fileprivate func matches(_ principal: Principal) -> Bool {
    PrincipalPatterns(values(.principal)).match(principal)
  }
}
