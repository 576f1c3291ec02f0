// Text from logs in every format: data, never more.

import TestSupport
import Testing

@testable import Reporting

@Suite("Escaping")
struct EscapingTests {
  static let hostile = [
    "\u{1B}[31mred", "a\nb", "a\r\nb", "\u{7}bell", "\u{9B}2J", "\u{202E}gnp.exe", "\u{2028}", "\u{200B}x",
    "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "|pipe|", "\\|", "`code`",
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))", "![](https://example.com/x.png)", "@someone", "\"quoted\"", "a,b", "\u{0}",
    "\u{FEFF}", "\u{E0041}", "**bold**", "&lt;", "${jndi:ldap://x}", "caf\u{E9}", "日本語",
  ]

  @Test("terminal text has no character that a terminal acts on", arguments: hostile)
  func terminal(text: String) {
    let safe = terminalText(text)
    for scalar in safe.unicodeScalars {
      #expect(scalar.value >= 0x20 && !(0x7F..<0xA0).contains(scalar.value))
      #expect(!(0x202A...0x202E).contains(scalar.value) && scalar.value != 0x2028)
    }
    #expect(terminalText(safe) == safe, "making text safe twice changes nothing")
  }

  @Test("harmless text stays as it is", arguments: ["arn:aws:s3:::a/*", "caf\u{E9}", "日本語", ""])
  func harmless(text: String) { #expect(terminalText(text) == text) }

  @Test("a width counts what a terminal shows")
  func widths() {
    #expect(terminalWidth("abc") == 3)
    #expect(terminalWidth("日本") == 4)
    #expect(terminalWidth("e\u{301}") == 1)
  }

  @Test("a CSV cell is one cell of one line, and no formula", arguments: hostile)
  func csv(text: String) {
    var bytes: [UInt8] = []
    CSVWriter.write([text, "next"], to: &bytes)
    let line = String(decoding: bytes, as: UTF8.self)
    #expect(line.hasSuffix(",next\r\n"))
    #expect(line.split(whereSeparator: \.isNewline).count == 1)
    let content = line.first == "\"" ? line.dropFirst() : line[...]
    #expect(!"=+-@\t".contains(content.first ?? " "))
  }

  @Test("cells of printable ASCII come out as any others", arguments: 1...8 as ClosedRange<UInt64>)
  func csvOfASCII(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let pieces = [
      " ", "=", "-", "+", "@", "\"", "'", ";", ",", "a", "7", "~", "\t", "\u{7F}", "\u{E9}", "\u{FF1D}",
    ]
    for _ in 0..<2_000 {
      let text = (0..<Int.random(in: 0...20, using: &random)).map { _ in
        pieces[Int.random(in: 0..<pieces.count, using: &random)]
      }.joined()
      var bytes: [UInt8] = []
      CSVWriter.append(text, to: &bytes)
      #expect(String(decoding: bytes, as: UTF8.self) == CSVWriter.cell(text), "seed \(seed)")
    }
  }

  @Test("numbers in CSV stay numbers")
  func csvNumbers() {
    var bytes: [UInt8] = []
    CSVWriter.write(["-1", "42", "say \"hi\""], to: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == "-1,42,\"say \"\"hi\"\"\"\r\n")
  }

  @Test("Markdown shows text as code and nothing else", arguments: hostile)
  func markdown(text: String) {
    let code = markdownCode(text)
    #expect(!code.contains("\n") && !code.contains("|"))
    if code.hasPrefix("`") {
      #expect(code.hasSuffix("`") && code.dropFirst().dropLast().allSatisfy { $0 != "`" && $0 != "\\" })
    } else {
      let inner = code.dropFirst("<code>".count).dropLast("</code>".count)
      let isPlain = inner.unicodeScalars.allSatisfy {
        $0.value >= 0x80 || $0 == "&" || $0 == "#" || $0 == ";" || $0.properties.isAlphabetic
          || $0.properties.numericType != nil
      }
      #expect(isPlain)
    }
  }
}

@Suite("Numbers and tables")
struct NumberTextTests {
  @Test("numbers come in groups of three")
  func groups() {
    #expect([0, 12, 123, 1204, -1_234_567].map(grouped) == ["0", "12", "123", "1,204", "-1,234,567"])
    #expect(
      counted(1, "policy", "policies") == "1 policy" && counted(2, "policy", "policies") == "2 policies")
  }

  @Test(
    "bytes come in decimal units",
    arguments: [
      (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (23_449, "23.4 kB"), (123_456, "123 kB"),
      (999_499, "999 kB"),
      (999_500, "1.0 MB"), (2_500_000_000, "2.5 GB"), (Int.max, "9.2 EB"),
    ])
  func bytes(count: Int, text: String) { #expect(byteCount(count) == text) }

  @Test("columns line up by width, and empty ones are left out")
  func table() {
    var table = TextTable(("Name", .left), ("Note", .left), ("Calls", .right))
    table.add(.init("日本"), .init(""), .init("7"))
    table.add(.init("a\u{1B}b"), .init(""), .init("1,204"))
    var bytes: [UInt8] = []
    table.write(to: &bytes, indent: 0, isColored: false)
    #expect(
      String(decoding: bytes, as: UTF8.self) == "Name      Calls\n日本          7\na\\u{1b}b  1,204\n")
  }
}
