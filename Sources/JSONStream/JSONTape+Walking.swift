// The fast way to fill a tape: from quote to quote, with the help of a `StringIndex`.
//
// The automaton of `JSONTape+Parsing.swift` is the reference. The walk gives the same nodes for well-formed values that
// stand whole in the window, and gives up (`irregular`) on anything that is not plain: damage, an envelope, nesting
// beyond 64, numbers that do not end, more nodes than it has room for. It checks all of RFC 8259 that the automaton
// checks: what stands between strings byte by byte, escapes where a backslash is, control characters by the index.
//
// While a container is open its node's `behind` holds the index of the container around it, so that no stack is needed.

extension JSONTape {
  /// How a walk ended.
  enum Walk {
    /// The value ended before the offset given; `nodes` holds it.
    case complete(end: Int)
    /// The value does not end in what the index covers.
    case incomplete
    /// The automaton must decide.
    case irregular
  }

  /// The nesting beyond which a walk gives up.
  private static let walkDepthLimit = 64

  /// Fills the tape with the object that begins at an offset of the window.
  ///
  /// - Parameters:
  ///   - window: The window.
  ///   - start: Where the object's bracket stands; everything before it was passed in the index.
  ///   - index: The strings of the window.
  ///   - room: Where nodes are made.
  /// - Returns: How the walk ended.
  mutating func walk(
    _ window: Span<UInt8>, from start: Int, _ index: inout StringIndex, _ room: inout [Node]
  ) -> Walk {
    let watchesEnvelopes = state.watchesEnvelopes
    let origin = index.origin
    // All positions below count from the origin, as those of the index do.
    let end = index.scannedTo - origin
    let start = start - origin
    let quoteCount = index.quoteCount
    let limit = min(JSONTape.walkDepthLimit, depthLimit)
    var made = 0
    var quotesPassed = 0
    var backslashesPassed = 0

    // Every read of the text is guarded by `at < end`, every read of the index by its count, every node by `room`; sums
    // of such offsets do not overflow. One loop over local variables, without functions of its own: what a closure
    // captures lives in memory, and this loop is most of the work of reading.
    let outcome: Walk = unsafe window.withUnsafeBufferPointer { bytes in
      guard let text = unsafe bytes.baseAddress.map({ unsafe $0 + origin }) else { return .incomplete }
      return unsafe index.quotes.withUnsafeBufferPointer { quotes in
        unsafe index.backslashes.withUnsafeBufferPointer { backslashes in
          unsafe room.withUnsafeMutableBufferPointer { nodes in
            let capacity = nodes.count - 2
            let backslashCount = index.backslashCount
            var quote = index.nextQuote
            var backslashNumber = index.nextBackslash
            var backslash =
              unsafe backslashNumber < backslashCount ? Int(backslashes[backslashNumber]) : Int.max
            var at = start
            var count = 0
            var current = 0
            var depth = 0
            var isInObject = false
            var isName = false
            var isBehindValue = false

            tokens: while true {
              // Members whose name and value are plain strings and stand close together, as nearly all do. All that
              // makes a member something else is left to the general way below, which begins at its name.
              while isName, quote &+ 3 < quoteCount, count &+ 1 < capacity {
                let nameEnd = unsafe Int(quotes[quote &+ 1])
                let valueStart = unsafe Int(quotes[quote &+ 2])
                let valueEnd = unsafe Int(quotes[quote &+ 3])
                guard unsafe Int(quotes[quote]) == at, valueStart == nameEnd &+ 2,
                  unsafe text[nameEnd &+ 1] == UInt8(ascii: ":"), valueEnd < backslash, valueEnd &+ 2 < end
                else { break }
                unsafe nodes[count] = Node(
                  from: UInt32(truncatingIfNeeded: at &- start),
                  to: UInt32(truncatingIfNeeded: nameEnd &+ 1 &- start),
                  behind: UInt32(truncatingIfNeeded: count &+ 1), kind: .string, hasEscapes: false,
                  isOpaque: false)
                unsafe nodes[count &+ 1] = Node(
                  from: UInt32(truncatingIfNeeded: valueStart &- start),
                  to: UInt32(truncatingIfNeeded: valueEnd &+ 1 &- start),
                  behind: UInt32(truncatingIfNeeded: count &+ 2), kind: .string, hasEscapes: false,
                  isOpaque: false)
                count &+= 2
                quote &+= 4
                at = valueEnd &+ 1
                if unsafe text[at] == UInt8(ascii: ",") && text[at &+ 1] == UInt8(ascii: "\"") {
                  at &+= 1
                } else {
                  isName = false
                  isBehindValue = true
                }
              }
              guard count < capacity else { return .irregular }
              let byte = unsafe text[at]
              if isBehindValue {
                isBehindValue = false
              } else if byte == UInt8(ascii: "\"") {
                guard quote &+ 1 < quoteCount else { return .incomplete }
                guard unsafe Int(quotes[quote]) == at else { return .irregular }
                let close = unsafe Int(quotes[quote &+ 1])
                quote &+= 2
                var hasEscapes = false
                if backslash < close {
                  guard unsafe JSONTape.escapesAreValid(text, from: at &+ 1, to: close) else {
                    return .irregular
                  }
                  hasEscapes = true
                  while backslashNumber < backslashCount,
                    unsafe Int(backslashes[backslashNumber]) < close
                  { backslashNumber &+= 1 }
                  backslash =
                    unsafe backslashNumber < backslashCount
                    ? Int(backslashes[backslashNumber]) : Int.max
                }
                unsafe nodes[count] = Node(
                  from: UInt32(truncatingIfNeeded: at &- start),
                  to: UInt32(truncatingIfNeeded: close &+ 1 &- start),
                  behind: UInt32(truncatingIfNeeded: count &+ 1), kind: .string, hasEscapes: hasEscapes,
                  isOpaque: false)
                count &+= 1
                at = close &+ 1
                if isName {
                  while at < end, unsafe text[at] != UInt8(ascii: ":") {
                    guard unsafe text[at].isJSONWhitespace else { return .irregular }
                    at &+= 1
                  }
                  at &+= 1
                  while at < end, unsafe text[at] <= 0x20 {
                    guard unsafe text[at].isJSONWhitespace else { return .irregular }
                    at &+= 1
                  }
                  guard at < end else { return .incomplete }
                  isName = false
                  if depth == 1, watchesEnvelopes,
                    unsafe text[at] == UInt8(ascii: "[") || text[at] == UInt8(ascii: "{")
                  {
                    let name = origin + start + Int(unsafe nodes[count - 1].from) + 1..<origin + close
                    guard !hasEscapes,
                      unsafe Envelope(
                        name: window.extracting(name), isArray: text[at] == UInt8(ascii: "[")) == nil
                    else { return .irregular }
                  }
                  continue tokens
                }
              } else if isName {
                return .irregular
              } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                guard depth < limit else { return .irregular }
                isInObject = byte == UInt8(ascii: "{")
                unsafe nodes[count] = Node(
                  from: UInt32(truncatingIfNeeded: at &- start), to: 0,
                  behind: UInt32(truncatingIfNeeded: current), kind: isInObject ? .object : .array,
                  hasEscapes: false, isOpaque: false)
                current = count
                count &+= 1
                depth &+= 1
                at &+= 1
                while at < end, unsafe text[at] <= 0x20 {
                  guard unsafe text[at].isJSONWhitespace else { return .irregular }
                  at &+= 1
                }
                guard at < end else { return .incomplete }
                // The closing bracket of an empty container is met below, as any other.
                if unsafe text[at] != byte + 2 {
                  isName = isInObject
                  continue tokens
                }
              } else {
                let length = unsafe JSONTape.scalarLength(text, from: at, to: end)
                guard length != 0 else { return .irregular }
                guard length > 0 else { return .incomplete }
                let kind: Kind =
                  switch byte {
                  case UInt8(ascii: "t"): .true
                  case UInt8(ascii: "f"): .false
                  case UInt8(ascii: "n"): .null
                  default: .number
                  }
                unsafe nodes[count] = Node(
                  from: UInt32(truncatingIfNeeded: at &- start),
                  to: UInt32(truncatingIfNeeded: at &+ length &- start),
                  behind: UInt32(truncatingIfNeeded: count &+ 1), kind: kind, hasEscapes: false,
                  isOpaque: false)
                count &+= 1
                at &+= length
              }
              // Behind a value: commas, and the brackets of all containers that end here.
              while depth > 0 {
                while at < end, unsafe text[at] <= 0x20 {
                  guard unsafe text[at].isJSONWhitespace else { return .irregular }
                  at &+= 1
                }
                guard at < end else { return .incomplete }
                let byte = unsafe text[at]
                at &+= 1
                if byte == UInt8(ascii: ",") {
                  while at < end, unsafe text[at] <= 0x20 {
                    guard unsafe text[at].isJSONWhitespace else { return .irregular }
                    at &+= 1
                  }
                  guard at < end else { return .incomplete }
                  isName = isInObject
                  continue tokens
                }
                guard byte == (isInObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { return .irregular }
                let parent = unsafe Int(nodes[current].behind)
                unsafe nodes[current].to = UInt32(truncatingIfNeeded: at &- start)
                unsafe nodes[current].behind = UInt32(truncatingIfNeeded: count)
                depth &-= 1
                current = parent
                switch unsafe nodes[parent].kind {
                case .object: isInObject = true
                default: isInObject = false
                }
              }
              made = count
              quotesPassed = quote
              backslashesPassed = backslashNumber
              return .complete(end: at &+ origin)
            }
          }
        }
      }
    }
    guard case .complete(let end) = outcome else { return outcome }
    guard index.control >= end else { return .irregular }
    index.pass(quotes: quotesPassed, backslashes: backslashesPassed)
    nodes.removeAll(keepingCapacity: true)
    // The nodes made stand at the front of the room.
    unsafe room.withUnsafeBufferPointer {
      unsafe nodes.append(contentsOf: UnsafeBufferPointer(rebasing: $0[..<made]))
    }
    return outcome
  }

  /// Whether each backslash of a string's content begins an escape of the grammar.
  private static func escapesAreValid(
    _ text: UnsafePointer<UInt8>, from start: Int, to end: Int
  ) -> Bool {
    var at = start
    // All reads are guarded by `at < end`, which the caller has found to lie in the text.
    while at < end {
      guard unsafe text[at] == UInt8(ascii: "\\") else {
        at += 1
        continue
      }
      guard at + 1 < end else { return false }
      switch unsafe text[at + 1] {
      case UInt8(ascii: "u"):
        guard at + 6 <= end else { return false }
        for place in at + 2..<at + 6 where unsafe text[place].hexadecimalValue == nil { return false }
        at += 6
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
        UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
        at += 2
      default: return false
      }
    }
    return true
  }

  /// The length of the number or literal at an offset: 0 where there is none, -1 where it may go on beyond the end.
  @inline(__always)
  private static func scalarLength(
    _ text: UnsafePointer<UInt8>, from start: Int, to end: Int
  ) -> Int {
    switch unsafe text[start] {
    case UInt8(ascii: "t"): return unsafe literalLength("true", text, from: start, to: end)
    case UInt8(ascii: "f"): return unsafe literalLength("false", text, from: start, to: end)
    case UInt8(ascii: "n"): return unsafe literalLength("null", text, from: start, to: end)
    default: return unsafe numberLength(text, from: start, to: end)
    }
  }

  @inline(__always)
  private static func literalLength(
    _ literal: StaticString, _ text: UnsafePointer<UInt8>, from start: Int, to end: Int
  ) -> Int {
    let length = literal.utf8CodeUnitCount
    guard start + length <= end else { return -1 }
    // Both have the literal's length.
    for place in 0..<length where unsafe text[start + place] != literal.utf8Start[place] { return 0 }
    return length
  }

  private static func numberLength(
    _ text: UnsafePointer<UInt8>, from start: Int, to end: Int
  ) -> Int {
    var at = start
    // Every read is guarded by `at < end`.
    func stands(_ one: UInt8, _ other: UInt8) -> Bool {
      guard at < end, unsafe text[at] == one || text[at] == other else { return false }
      at += 1
      return true
    }
    func digits() -> Bool {
      let first = at
      while at < end, unsafe text[at] &- 0x30 < 10 { at += 1 }
      return at > first
    }
    _ = stands(UInt8(ascii: "-"), UInt8(ascii: "-"))
    if !stands(UInt8(ascii: "0"), UInt8(ascii: "0")), !digits() { return at < end ? 0 : -1 }
    if stands(UInt8(ascii: "."), UInt8(ascii: ".")), !digits() { return at < end ? 0 : -1 }
    if stands(UInt8(ascii: "e"), UInt8(ascii: "E")) {
      _ = stands(UInt8(ascii: "+"), UInt8(ascii: "-"))
      if !digits() { return at < end ? 0 : -1 }
    }
    return at < end ? at - start : -1
  }
}
