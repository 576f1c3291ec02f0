// Making text from logs harmless on a terminal, and knowing how wide it is there.
//
// Logs hold strings chosen by attackers. Control characters could move the cursor or set the clipboard,
// bidirectional controls could show a line in another order than it has, and line breaks could forge lines.

import JSONStream

/// Text with everything replaced that a terminal would act on instead of showing.
///
/// Controls, line and paragraph separators, bidirectional and other invisible format characters come out as
/// `\u{1b}`. Everything else stays as it is.
///
/// - Parameter text: Any text.
/// - Returns: Text that occupies one line and shows in the order in which it is written.
public func terminalText(_ text: String) -> String {
  if text.isPrintableASCII { return text }
  guard text.unicodeScalars.contains(where: isUnsafeOnTerminals) else { return text }
  var safe = ""
  for scalar in text.unicodeScalars {
    if isUnsafeOnTerminals(scalar) {
      safe += "\\u{\(String(scalar.value, radix: 16))}"
    } else {
      safe.unicodeScalars.append(scalar)
    }
  }
  return safe
}

/// How many columns text takes on a terminal.
///
/// Wide East Asian characters and emoji count two, combining marks none.
///
/// - Parameter text: Text that is safe for terminals.
/// - Returns: The number of columns.
public func terminalWidth(_ text: String) -> Int {
  if text.isPrintableASCII || text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
  return text.unicodeScalars.reduce(0) { width, scalar in
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: width
    default: width + (isWide(scalar) ? 2 : 1)
    }
  }
}

/// Whether a terminal would act on a scalar, or hide it, instead of showing it.
///
/// - Parameter scalar: The scalar.
/// - Returns: Whether it is a control, a separator of lines, or a format character.
func isUnsafeOnTerminals(_ scalar: Unicode.Scalar) -> Bool {
  if (0x20..<0x7F).contains(scalar.value) { return false }
  return switch scalar.properties.generalCategory {
  case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
  default: scalar.properties.isDefaultIgnorableCodePoint
  }
}

/// Whether a scalar is Wide or Fullwidth by Unicode Standard Annex #11, in its large blocks.
private func isWide(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
    0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF,
    0x1F900...0x1F9FF, 0x20000...0x3FFFD:
    true
  default: false
  }
}
