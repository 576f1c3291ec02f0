// Text from logs inside Markdown: always code, never markup.

/// Text as a code span that stays what it is in any GitHub-flavoured Markdown, in tables too.
///
/// Inside a code span nothing is a link, a mention, an image or HTML. Backticks, backslashes and bars could end
/// the span or the table cell, so text that has them becomes a `<code>` element with every sign as a character
/// reference, out of which nothing can be built.
///
/// - Parameter text: Any text.
/// - Returns: Markdown that shows it.
func markdownCode(_ text: String) -> String {
  let safe = terminalText(text)
  if safe.isEmpty { return "" }
  let isPlain = !safe.contains { $0 == "`" || $0 == "\\" || $0 == "|" }
  if isPlain, safe.first != " ", safe.last != " " { return "`\(safe)`" }
  let encoded = safe.unicodeScalars.map { scalar in
    let isHarmless =
      scalar.value >= 0x80 || (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
    return isHarmless ? String(scalar) : "&#\(scalar.value);"
  }
  return "<code>\(encoded.joined())</code>"
}

/// Writes a table.
///
/// - Parameters:
///   - header: The titles.
///   - rows: The rows, their cells already Markdown.
///   - output: Where the bytes go.
func writeMarkdownTable(
  _ header: [String], rows: [[String]], to output: inout some ByteOutput & ~Copyable
) {
  output.write(text: "| " + header.joined(separator: " | ") + " |\n")
  output.write(text: "|" + String(repeating: " --- |", count: header.count) + "\n")
  for row in rows { output.write(text: "| " + row.joined(separator: " | ") + " |\n") }
}
