// Comma-separated values that a spreadsheet shows and never executes.

import IAM
import JSONStream

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
    var row: [UInt8] = []
    for (number, cell) in cells.enumerated() {
      if number > 0 { row.append(UInt8(ascii: ",")) }
      append(cell, to: &row)
    }
    endRow(&row)
    output.write(row)
  }

  /// Ends a row.
  ///
  /// - Parameter row: The row.
  static func endRow(_ row: inout [UInt8]) { row.append(literal: "\r\n") }

  /// Appends one cell, without a separator.
  ///
  /// - Parameters:
  ///   - text: The cell; it may come from input.
  ///   - row: The row.
  static func append(_ text: String, to row: inout [UInt8]) { append(text.utf8.span, to: &row) }

  /// Appends one cell, without a separator.
  ///
  /// - Parameters:
  ///   - bytes: The letters of the cell, which may come from input; what is no UTF-8 is replaced.
  ///   - row: The row.
  static func append(_ bytes: Span<UInt8>, to row: inout [UInt8]) {
    guard bytes.isPrintableASCII else {
      row.append(text: cell(String(bytes: bytes)))
      return
    }
    // As `cell` does it, for text that stays as it is: bytes are characters, white space is a space.
    var first = 0
    while first < bytes.count, bytes[first] == 0x20 { first += 1 }
    let isFormula = first < bytes.count && CSVWriter.isSign(bytes[first]) && !isNegativeNumber(bytes)
    var isQuoted = isFormula
    var hasQuotes = false
    for place in bytes.indices {
      let byte = bytes[place]
      isQuoted = isQuoted || byte == 0x20 || byte == 0x22 || byte == 0x27 || byte == 0x2C || byte == 0x3B
      hasQuotes = hasQuotes || byte == 0x22
    }
    if isQuoted { row.append(0x22) }
    if isFormula { row.append(0x27) }
    if hasQuotes {
      for place in bytes.indices {
        if bytes[place] == 0x22 { row.append(0x22) }
        row.append(bytes[place])
      }
    } else {
      row.append(text: bytes)
    }
    if isQuoted { row.append(0x22) }
  }

  private static func isSign(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "=") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
      || byte == UInt8(ascii: "@")
  }

  /// One cell, safe and quoted where it has to be.
  ///
  /// - Parameter text: The cell's text.
  /// - Returns: What stands in the row.
  static func cell(_ text: String) -> String {
    var safe = terminalText(text)
    // Leading white space is skipped by some spreadsheets before they look for a formula.
    let start = safe.unicodeScalars.first { !$0.properties.isWhitespace }
    // Fullwidth forms of the signs count as the signs do in East Asian versions.
    if let start, "=+-@\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}".unicodeScalars.contains(start),
      !isNegativeNumber(safe.utf8.span)
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
  private static func isNegativeNumber(_ text: Span<UInt8>) -> Bool {
    text.count > 1 && text[0] == UInt8(ascii: "-")
      && (1..<text.count).allSatisfy { text[$0].isDigit }
  }
}
