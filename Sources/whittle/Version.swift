// The versions that `--version` prints.

import AWSCatalog

/// What this build is.
package enum Version {
  /// The program's version, by semantic versioning of the command line and the machine formats.
  package static let program = "0.1.0"

  /// The line that `--version` prints.
  package static var text: String { "whittle \(program) (catalog of \(Catalog.embedded.date))\n" }
}
