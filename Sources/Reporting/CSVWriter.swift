// Comma-separated values that a spreadsheet shows and never executes.

/// Writes rows as RFC 4180 has them.
///
/// A cell that a spreadsheet would take for a formula gets an apostrophe in front, as OWASP's "CSV Injection"
/// advises; control characters come out escaped, so that a row is always one line.
struct CSVWriter {
  /// Writes one row.
  ///
  /// - Parameters:
  ///   - cells: The cells; they may come from input.
  ///   - output: Where the bytes go.
  static func write(_ cells: [String], to output: inout some ByteOutput & ~Copyable) {
    output.write(text: cells.map(cell).joined(separator: ",") + "\r\n")
  }

  private static func cell(_ text: String) -> String {
    var safe = terminalText(text)
    // Leading white space is skipped by some spreadsheets before they look for a formula.
    let start = safe.unicodeScalars.first { !$0.properties.isWhitespace }
    // Fullwidth forms of the signs count as the signs do in East Asian versions.
    if let start, "=+-@\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}".unicodeScalars.contains(start),
      !isNegativeNumber(safe)
    {
      safe = "'" + safe
    }
    guard safe.contains(where: { $0 == "," || $0 == "\"" || $0 == "'" || $0 == ";" || $0 == " " }) else {
      return safe
    }
    return "\"" + safe.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }

  /// Whether text is a number that a spreadsheet shows as it stands; it would show `+1` as `1`.
  private static func isNegativeNumber(_ text: String) -> Bool {
    text.utf8.first == UInt8(ascii: "-") && text.utf8.count > 1
      && text.utf8.dropFirst().allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }
}
