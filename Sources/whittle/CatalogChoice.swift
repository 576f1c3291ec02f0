// Which catalog a command uses: the one inside the program, or that with a catalog file laid over it.

import AWSCatalog

extension CommandOption {
  /// `--catalog`.
  static let catalog = CommandOption(
    "catalog", .path("FILE"),
    help: "catalog file to lay over the built-in data, as `catalog import` writes it; also `WHITTLE_CATALOG`")
}

/// The choice of a catalog, settled from the command line and the environment.
struct CatalogChoice: Hashable, Sendable {
  /// A catalog file's path, or `nil` for the catalog inside the program.
  let path: String?

  /// A catalog file larger than this is refused: AWS's whole reference takes some megabytes.
  private static let sizeLimit = 256 << 20

  /// Settles the choice of a command line: `--catalog`, or else `WHITTLE_CATALOG` where it is not empty.
  ///
  /// - Parameter arguments: The command line.
  init(_ arguments: ParsedArguments) {
    let named = environment("WHITTLE_CATALOG").flatMap { $0.isEmpty ? nil : $0 }
    path = arguments.value(.catalog) ?? named
  }

  /// Reads the catalog.
  ///
  /// - Returns: The catalog.
  /// - Throws: ``CommandError/Code/inputMissing`` where the file cannot be read or is no catalog file.
  func load() throws(CommandError) -> Catalog {
    guard let path else { return .embedded }
    guard let bytes = FileSystem.contents(path, limit: CatalogChoice.sizeLimit) else {
      throw CommandError(
        .inputMissing, "cannot read the catalog file `\(path)`",
        hint: "make one with `whittle catalog import DIR --output FILE`, or unset WHITTLE_CATALOG")
    }
    do { return try Catalog.embedded.updated(by: bytes) } catch {
      throw CommandError(.inputMissing, "`\(path)`, line \(error.line): \(error.message)")
    }
  }
}
