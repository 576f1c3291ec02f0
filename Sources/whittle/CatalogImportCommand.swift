// `whittle catalog import`: brings the catalog up to date from AWS's own service reference.

import AWSCatalog
import Glibc
import IAM
import Reporting

extension Command {
  /// `catalog import DIR`.
  static let catalogImport = Command(
    "import", summary: "make a catalog file from AWS's service reference",
    synopses: ["DIR… [--date DATE] --output FILE"],
    examples: [
      Example(
        "fetch what AWS says about three services, and use it",
        "for s in s3 ec2 iam; do curl -sO https://servicereference.us-east-1.amazonaws.com/v1/$s/$s.json; done; "
          + "whittle catalog import . --output aws.catalog"),
      Example("use it from now on", "export WHITTLE_CATALOG=$PWD/aws.catalog"),
    ],
    details: [
      "AWS publishes one JSON file a service, listed at https://servicereference.us-east-1.amazonaws.com/. Directories are "
        + "walked for files named `*.json`; files that describe no service are passed over, and a damaged one is named "
        + "and left out, which makes the exit status 3.",
      "The date of a service is the day on which its file was last changed, or `--date`. A catalog file speaks for the "
        + "services that it describes at the same date as the built-in data or later, and for services unknown to it.",
    ],
    operands: Operands("DIR…", count: 1...Int.max, help: "directories or files of AWS's service reference"),
    options: [
      CommandOption(
        "date", .text("DATE"), help: "the day of the data, `YYYY-MM-DD`; by default that of each file"),
      .output,
    ],
    body: .job { arguments throws(CommandError) in try CatalogImportJob(arguments) })
}

extension CommandOption {
  /// `--date`.
  static let catalogDate = CommandOption(
    "date", .text("DATE"), help: "the day of the data, `YYYY-MM-DD`; by default that of each file")
}

/// Reads service references and writes a catalog file.
private struct CatalogImportJob: Job {
  let paths: [String]
  let date: String?
  let output: String?

  /// The largest file of AWS's reference is that of EC2, with some megabytes.
  private static let sizeLimit = 256 << 20

  init(_ arguments: ParsedArguments) throws(CommandError) {
    paths = arguments.operands
    output = arguments.value(.output)
    date = arguments.value(.catalogDate)
    if let date, !CatalogImportJob.isDate(date) {
      throw CommandError(.badValue, "`--date` takes a day such as 2026-11-20, not `\(date)`")
    }
  }

  func run(on console: Console) throws(CommandError) -> ExitStatus {
    var importer = CatalogImport()
    var status = ExitStatus.done
    for path in paths {
      guard FileSystem.isDirectory(path) else {
        try add(path, to: &importer, console, &status)
        continue
      }
      let files = (FileSystem.files(below: path) ?? []).filter { $0.hasSuffix(".json") }
      for file in files.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
        try add("\(path)/\(file)", to: &importer, console, &status)
      }
    }
    guard !importer.services.isEmpty else {
      throw CommandError(
        .inputMissing, "no service reference in \(paths.map { "`\($0)`" }.joined(separator: ", "))",
        hint: "AWS publishes it at https://servicereference.us-east-1.amazonaws.com/")
    }
    var stream = try OutputStream(output)
    stream.write(importer.catalogFile())
    try stream.finish()
    let count = importer.services.count
    console.note("\(count) \(count == 1 ? "service" : "services") imported")
    return status
  }

  private func add(
    _ path: String, to importer: inout CatalogImport, _ console: Console, _ status: inout ExitStatus
  ) throws(CommandError) {
    guard let bytes = FileSystem.contents(path, limit: CatalogImportJob.sizeLimit) else {
      console.warn("cannot read `\(path)`")
      status = .damagedInput
      return
    }
    do { try importer.add(json: bytes, date: date ?? CatalogImportJob.day(of: path)) } catch {
      console.warn("`\(path)`: \(error.message)")
      status = .damagedInput
    }
  }

  /// Whether a text is a day: `2026-11-20`.
  private static func isDate(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return bytes.count == 10
      && bytes.indices.allSatisfy { index in
        index == 4 || index == 7 ? bytes[index] == UInt8(ascii: "-") : (0x30...0x39).contains(bytes[index])
      }
  }

  /// The day on which a file was last changed, in UTC.
  private static func day(of path: String) -> String {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return "1970-01-01" }
    return String(Timestamp(secondsSinceEpoch: Int64(status.st_mtim.tv_sec)).description.prefix(10))
  }
}
