// Recognises the parts of a name that change from call to call.

import JSONStream

/// Writes names with their volatile parts as wildcards.
package enum VolatileName {
  /// The pattern of one name.
  ///
  /// Tokens are runs of letters and digits; what stands between them stays. A year, a day or month with a leading
  /// zero or two digits, and a date of eight digits become as many `?`; UUIDs, hashes, long numbers and instants
  /// become `*`. Numbers of twelve digits are account ids and stay (invariant WITHIN).
  ///
  /// - Parameters:
  ///   - name: The name, without wildcards.
  ///   - kind: How names of its type behave.
  /// - Returns: The pattern, which matches the name.
  /// - Complexity: O(*n*) in the length of the name.
  package static func pattern(of name: String, kind: SplitName.Kind) -> String {
    if kind == .run { return "*" }
    let name = Array(name.utf8)
    let tokens = tokens(of: name)
    var pattern = CollapsedPattern(capacity: name.count)
    var index = 0
    while index < tokens.count {
      let token = tokens[index]
      if isUUID(name, tokens[index...]) {
        let end = tokens[index + 8].upperBound
        pattern.append(kind == .object ? .any : .text(name[token.lowerBound..<end]))
        index += 9
        continue
      }
      let date = dateLength(name, tokens[index...])
      if date > 1 {
        for token in tokens[index..<index + date] {
          pattern.append(isNumber(name[token]) ? .digits(token.count) : .text(name[token]))
        }
        index += date
        continue
      }
      pattern.append(part(for: name[token], kind))
      index += 1
    }
    return String(decoding: pattern.bytes, as: UTF8.self)
  }

  /// What becomes of a part of a name.
  private enum Part {
    /// It stays.
    case text(ArraySlice<UInt8>)
    /// It becomes as many `?`.
    case digits(Int)
    /// It becomes `*`.
    case any
  }

  /// A pattern in the making; wildcards with only punctuation between them become one `*`.
  private struct CollapsedPattern {
    private(set) var bytes: [UInt8] = []
    /// Where the pattern ends behind the last `*`, if nothing but punctuation has followed.
    private var endOfAny: Int?

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    mutating func append(_ part: Part) {
      switch part {
      case .any: appendAny()
      case .text(let text) where text.elementsEqual("*".utf8): appendAny()
      case .text(let text):
        bytes += text
        let isPunctuation = text.count == 1 && text.allSatisfy("-_.=:,".utf8.contains)
        if !isPunctuation { endOfAny = nil }
      case .digits(let count):
        bytes += repeatElement(UInt8(ascii: "?"), count: count)
        endOfAny = nil
      }
    }

    private mutating func appendAny() {
      if let endOfAny {
        bytes.removeSubrange(endOfAny...)
      } else {
        bytes.append(UInt8(ascii: "*"))
        endOfAny = bytes.count
      }
    }
  }

  private static func part(for token: ArraySlice<UInt8>, _ kind: SplitName.Kind) -> Part {
    if isNumber(token) {
      switch token.count {
      case 8 where isDate(token): return .digits(8)
      case 10 where token.starts(with: "1".utf8) || token.starts(with: "20".utf8), 13, 14: return .any
      case 12: return .text(token)
      case 4 where kind == .object && isInOurTimes(token): return .digits(4)
      case 2 where kind == .object: return .digits(2)
      case 3... where kind == .object: return .any
      default: return .text(token)
      }
    }
    return isInstant(token) || kind == .object && isHash(token) ? .any : .text(token)
  }

  /// Cuts a name into runs of letters and digits, and single other characters.
  private static func tokens(of name: [UInt8]) -> [Range<Int>] {
    var tokens: [Range<Int>] = []
    var start = 0
    for place in name.indices {
      // Bytes of characters beyond ASCII belong to words.
      if name[place].isAlphanumeric || name[place] >= 0x80 { continue }
      if start < place { tokens.append(start..<place) }
      tokens.append(place..<place + 1)
      start = place + 1
    }
    if start < name.count { tokens.append(start..<name.count) }
    return tokens
  }

  /// Whether the first nine tokens are a UUID: eight, four, four, four and twelve hexadecimal digits.
  private static func isUUID(_ name: [UInt8], _ tokens: ArraySlice<Range<Int>>) -> Bool {
    guard tokens.count >= 9, tokens[tokens.startIndex].count == 8 else { return false }
    return zip(tokens, [8, 1, 4, 1, 4, 1, 4, 1, 12]).allSatisfy { token, length in
      guard token.count == length else { return false }
      if length > 1 { return name[token].allSatisfy(\.isHexadecimalDigit) }
      return "-_".utf8.contains(name[token.lowerBound])
    }
  }

  /// How many tokens a date at the start takes: year and month, and a day where one follows, with one separator.
  private static func dateLength(_ name: [UInt8], _ tokens: ArraySlice<Range<Int>>) -> Int {
    func token(_ number: Int) -> ArraySlice<UInt8> { name[tokens[tokens.startIndex + number]] }
    func isPartOfDay(_ number: Int) -> Bool { token(number).count == 2 && isNumber(token(number)) }
    guard tokens.count >= 3, token(0).count == 4, isNumber(token(0)), isInOurTimes(token(0)),
      token(1).count == 1, token(1).allSatisfy("-_/.".utf8.contains), isPartOfDay(2)
    else { return 0 }
    return tokens.count >= 5 && token(3).elementsEqual(token(1)) && isPartOfDay(4) ? 5 : 3
  }

  private static func isNumber(_ token: ArraySlice<UInt8>) -> Bool {
    !token.isEmpty && token.allSatisfy(\.isDigit)
  }

  /// Whether digits begin as years of the last and of this century do.
  private static func isInOurTimes(_ token: ArraySlice<UInt8>) -> Bool {
    token.starts(with: "19".utf8) || token.starts(with: "20".utf8)
  }

  /// Whether eight digits are a year, a month and a day.
  private static func isDate(_ token: ArraySlice<UInt8>) -> Bool {
    func number(_ digits: ArraySlice<UInt8>) -> Int { digits.reduce(0) { $0 * 10 + Int($1 & 0xF) } }
    guard isInOurTimes(token) else { return false }
    return (1...12).contains(number(token.dropFirst(4).prefix(2)))
      && (1...31).contains(number(token.dropFirst(6)))
  }

  /// Whether the token is an instant such as `20261120T0305Z`.
  private static func isInstant(_ token: ArraySlice<UInt8>) -> Bool {
    let day = token.prefix(8)
    let rest = token.dropFirst(8)
    guard rest.first == UInt8(ascii: "T"), isNumber(day), isDate(day) else { return false }
    let time = rest.dropFirst()
    return time.contains(where: \.isDigit) && time.allSatisfy { $0.isDigit || $0 == UInt8(ascii: "Z") }
  }

  /// Whether the token looks like a hash: eight or more hexadecimal digits of both sorts, or sixteen or more
  /// letters and digits with at least three digits.
  private static func isHash(_ token: ArraySlice<UInt8>) -> Bool {
    let digits = token.count(where: \.isDigit)
    guard digits > 0, token.allSatisfy({ $0 < 0x80 }) else { return false }
    if token.count >= 8, digits < token.count, token.allSatisfy(\.isHexadecimalDigit) { return true }
    return token.count >= 16 && digits >= 3
  }
}
