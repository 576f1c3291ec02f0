// Reads what `--granted` names.

import Glibc
import LeastPrivilege

/// Reads grants from files and directories of files.
enum GrantsReading {
  /// The largest file of grants that is read; those of the largest accounts have some tens of megabytes.
  private static let limit = 4 << 30

  /// Reads all files; of a directory every file below it whose name does not begin with a dot.
  ///
  /// A file that is named must hold grants: proposals made with half of them would take away what the other half
  /// grants. Among the files of a directory those that hold none are told on standard error and passed over.
  ///
  /// - Parameters:
  ///   - paths: The values of `--granted`; `-` is standard input.
  ///   - console: Where messages go.
  /// - Returns: The grants, or `nil` where no path is given, and the status that unusable files lead to.
  /// - Throws: ``CommandError/Code/inputMissing`` where a file cannot be read or a named one holds no grants.
  static func read(
    _ paths: [String], on console: Console
  ) throws(CommandError) -> (grants: AccountGrants?, status: ExitStatus) {
    var grants: AccountGrants? = nil
    var status = ExitStatus.done
    for path in paths {
      guard path != "-", FileSystem.isDirectory(path) else {
        merge(try read(file: path), into: &grants)
        continue
      }
      guard let names = FileSystem.files(below: path) else { throw missing(path) }
      var isEmpty = true
      for name in names.sorted() where !name.hasPrefix(".") && !name.contains("/.") {
        do throws(CommandError) {
          merge(try read(file: "\(path)/\(name)"), into: &grants)
          isEmpty = false
        } catch {
          console.warn(error.message)
          status = .damagedInput
        }
      }
      if isEmpty {
        throw CommandError(
          .inputMissing, "`\(path)` holds no file of grants",
          hint: "make one with `aws iam get-account-authorization-details`")
      }
    }
    return (grants, status)
  }

  private static func read(file path: String) throws(CommandError) -> AccountGrants {
    guard let bytes = FileSystem.contents(path == "-" ? "/dev/stdin" : path, limit: limit) else {
      throw missing(path)
    }
    do throws(GrantsError) {
      return try AccountGrants(parsing: bytes, file: path)
    } catch {
      throw CommandError(
        .inputMissing, error.description,
        hint: "`--granted` takes the JSON of `aws iam get-account-authorization-details`")
    }
  }

  private static func merge(_ other: AccountGrants, into grants: inout AccountGrants?) {
    guard grants != nil else { return grants = other }
    grants?.merge(other)
  }

  private static func missing(_ path: String) -> CommandError {
    CommandError(.inputMissing, "cannot read `\(path)`: \(systemMessage(errno))")
  }
}
