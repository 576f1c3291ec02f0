// Reads what `--granted` and `--organization` name.

import Glibc
import IAM
import LeastPrivilege

extension CommandOption {
  /// `--organization`.
  static let organization = CommandOption(
    "organization", .path("FILE"), isRepeatable: true,
    help:
      "SCPs, RCPs and the accounts they apply to: a tree, or what `aws organizations` prints, or a directory of it"
  )
}

/// What one command line says of grants.
struct GrantSources: Hashable, Sendable {
  /// The values of `--granted`; `-` is standard input.
  let granted: [String]
  /// The values of `--organization`.
  let organization: [String]
  /// Where declared grants stand: the account and region, where the user named one of them as a filter.
  let place: GrantPlace

  /// Takes the options.
  ///
  /// - Parameter arguments: The command line.
  init(_ arguments: ParsedArguments) {
    func only(_ option: CommandOption) -> String? {
      let values = arguments.values(option)
      return values.count == 1 && !values[0].contains { "*?".contains($0) } ? values[0] : nil
    }
    granted = arguments.values(.granted)
    organization = arguments.values(.organization)
    place = GrantPlace(account: only(.account), region: only(.region))
  }

  /// Reads the grants and the organisation that limits them.
  ///
  /// - Parameter console: Where messages go.
  /// - Returns: The grants, or `nil` where none are given, and the status that unusable files lead to.
  /// - Throws: ``CommandError/Code/inputMissing`` where a file cannot be read or a named one is of no form known.
  func read(on console: Console) throws(CommandError) -> (grants: AccountGrants?, status: ExitStatus) {
    try GrantsReading.read(granted, organization: organization, place: place, on: console)
  }
}

/// Reads grants and organisations from files and directories of files.
enum GrantsReading {
  /// How to make the input of `--granted`, for hints.
  static let hint = "make one with `aws iam get-account-authorization-details`"

  /// What `--granted` takes, for the helps of commands.
  static let help =
    "--granted takes, told apart by content, the JSON of `aws iam get-account-authorization-details`; the answers of `aws "
    + "sso-admin` for permission sets (of each `describe-permission-set`, then `get-inline-policy-for-permission-set`, "
    + "`list-managed-policies-in-permission-set`, `list-customer-managed-policy-references-in-permission-set` and "
    + "`get-permissions-boundary-for-permission-set`); `terraform show -json` of a state or plan; CloudFormation templates "
    + "in JSON, with `describe-stack-resources` and `describe-stacks` in the same file for the names that CloudFormation "
    + "makes up; and bare policies, which are taken as identity policies of every principal that nothing else describes. "
    + "Values that a declaration does not tell are reported, never guessed; --account names the account of one that tells "
    + "none."

  /// How to make the input of `--organization`, for the helps of commands.
  static let organizationHelp =
    "--organization takes a tree, as it stands in the README, or the answers of `aws organizations`, one behind another in "
    + "a file or in several: `describe-organization`, `list-roots`, `list-accounts`, and of each policy `describe-policy` "
    + "followed by `list-targets-for-policy`. Where the answers do not tell where an account stands (`Paths`), add of each "
    + "account and unit `describe-account` or `describe-organizational-unit` followed by `list-parents`."

  /// The largest file that is read; grants of the largest accounts have some tens of megabytes.
  private static let limit = 4 << 30

  /// Reads all files; of a directory every file below it whose name does not begin with a dot.
  ///
  /// A file that is named must hold grants: proposals made with half of them would take away what the other half
  /// grants. Among the files of a directory those that hold none are told on standard error and passed over.
  ///
  /// - Parameters:
  ///   - paths: The values of `--granted`; `-` is standard input.
  ///   - organization: The values of `--organization`, which limits the grants.
  ///   - place: Where declared grants stand.
  ///   - console: Where messages go.
  /// - Returns: The grants, or `nil` where no path is given, and the status that unusable files lead to.
  /// - Throws: ``CommandError/Code/inputMissing`` where a file cannot be read or a named one holds no grants.
  static func read(
    _ paths: [String], organization: [String] = [], place: GrantPlace = GrantPlace(), on console: Console
  ) throws(CommandError) -> (grants: AccountGrants?, status: ExitStatus) {
    var grants: AccountGrants? = nil
    var status = ExitStatus.done
    try each(of: paths, holding: "grants", hint: hint, status: &status, on: console) {
      bytes, path throws(GrantsError) in
      let other = try AccountGrants(parsing: bytes, file: path, place: place)
      if grants == nil { grants = other } else { grants?.merge(other) }
    }
    let (tree, treeStatus) = try readOrganization(organization, accounts: grants?.accounts ?? [], on: console)
    if let tree { grants?.govern(by: tree) }
    return (grants, status.or(treeStatus))
  }

  /// Reads the organisation; what is not known of it is told on standard error.
  ///
  /// - Parameters:
  ///   - paths: The values of `--organization`; `-` is standard input.
  ///   - accounts: The accounts whose place in it matters.
  ///   - console: Where messages go.
  /// - Returns: The organisation, or `nil` where no path is given, and the status that unusable files lead to.
  /// - Throws: ``CommandError/Code/inputMissing`` where a file cannot be read or a named one describes no organisation.
  static func readOrganization(
    _ paths: [String], accounts: [String], on console: Console
  ) throws(CommandError) -> (organization: Organization?, status: ExitStatus) {
    var organization: Organization? = nil
    var status = ExitStatus.done
    try each(
      of: paths, holding: "an organisation", hint: "see `whittle diff --help` for how to make one",
      status: &status,
      on: console
    ) { bytes, path throws(GrantsError) in
      let other = try Organization(parsing: bytes, file: path)
      if organization == nil { organization = other } else { organization?.merge(other) }
    }
    for problem in (organization?.problems ?? []) + (organization?.problems(for: accounts) ?? []) {
      console.warn("organization `\(problem.file)`: \(problem.subject): \(problem.message)")
    }
    return (organization, status)
  }

  /// Hands over the contents of every file.
  ///
  /// - Parameters:
  ///   - paths: Files, directories and `-`.
  ///   - what: What they hold, for messages.
  ///   - hint: How to make such a file.
  ///   - status: Takes the status that unusable files of a directory lead to.
  ///   - console: Where messages go.
  ///   - body: Takes the contents and the path.
  /// - Throws: ``CommandError/Code/inputMissing`` where a named file cannot be read or used.
  static func each(
    of paths: [String], holding what: String, hint: String, status: inout ExitStatus, on console: Console,
    _ body: ([UInt8], String) throws(GrantsError) -> Void
  ) throws(CommandError) {
    func read(_ path: String) throws(CommandError) {
      guard let bytes = FileSystem.contents(path == "-" ? "/dev/stdin" : path, limit: limit) else {
        throw missing(path)
      }
      do throws(GrantsError) {
        try body(bytes, path)
      } catch {
        throw CommandError(.inputMissing, error.description, hint: hint)
      }
    }
    for path in paths {
      guard path != "-", FileSystem.isDirectory(path) else {
        try read(path)
        continue
      }
      guard let names = FileSystem.files(below: path) else { throw missing(path) }
      var isEmpty = true
      for name in names.sorted() where !name.hasPrefix(".") && !name.contains("/.") {
        do throws(CommandError) {
          try read("\(path)/\(name)")
          isEmpty = false
        } catch {
          console.warn(error.message)
          status = .damagedInput
        }
      }
      if isEmpty { throw CommandError(.inputMissing, "`\(path)` holds no file of \(what)", hint: hint) }
    }
  }

  private static func missing(_ path: String) -> CommandError {
    CommandError(.inputMissing, "cannot read `\(path)`: \(systemMessage(errno))")
  }
}
