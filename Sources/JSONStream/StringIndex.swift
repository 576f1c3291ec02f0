// Where the strings of a window begin and end, found ahead of the reader.
//
// Finding quotes byte by byte is most of the work of reading JSON; a C kernel does it 64 bytes at a time (`CScan`). What
// it finds is kept as offsets from `origin`, which moves with the window, so that nothing is rewritten when the caller
// drops bytes. The index is right from where it was last restarted, as long as the text from there on is JSON: whoever
// finds damage restarts it behind.

import CScan

/// The unescaped quotes and the backslashes of a part of a window.
struct StringIndex: Sendable {
  /// Which kernel looks at the bytes; all give the same results.
  enum Kernel: UInt32, CaseIterable, Sendable {
    /// Plain C.
    case portable
    /// 16 bytes a step.
    case sse2
    /// 32 bytes a step.
    case avx2
    /// 64 bytes a step.
    case avx512
    /// 64 bytes a step, with offsets made 16 at a time.
    case avx512vbmi2

    /// The fastest kernel that this processor can run.
    static let fastest = Kernel(rawValue: whittle_scan_fastest().rawValue) ?? .portable

    /// Whether this processor can run the kernel.
    var isSupported: Bool { whittle_scan_supports(whittle_scan_kernel(rawValue)) != 0 }

    /// Finds what in a part of a text may be names, and what stands in the way of looking at names.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - range: Which part of it, below 2³².
    ///   - shortest: How many bytes a name has at least.
    ///   - names: Where it goes (`whittle_scan_names`), with room for one more than the part has bytes.
    @inline(__always)
    func findNames(
      in text: UnsafeRawBufferPointer, _ range: Range<Int>, shortest: Int,
      into names: UnsafeMutablePointer<whittle_scan_name>
    ) {
      // An empty text need not have an address.
      let start = unsafe text.baseAddress.map {
        unsafe ($0 + range.lowerBound).assumingMemoryBound(to: UInt8.self)
      }
      unsafe whittle_scan_names(
        whittle_scan_kernel(rawValue), start, range.count, UInt32(truncatingIfNeeded: range.lowerBound),
        shortest, names)
    }
  }

  /// How many bytes are looked at ahead: as many as stay in the nearest cache until they are read.
  static let step = 32 << 10

  /// The offsets of the quotes, from `origin`; only the first `quoteCount` mean anything.
  ///
  /// Once anything is covered, at least four more stand behind them that lie beyond any text.
  private(set) var quotes: [UInt32] = []
  /// How many quotes there are.
  private(set) var quoteCount = 0
  /// The first quote that is not yet passed.
  private(set) var nextQuote = 0
  /// The offsets of the backslashes, from `origin`; only the first `backslashCount` mean anything.
  private(set) var backslashes: [UInt32] = []
  /// How many backslashes there are.
  private(set) var backslashCount = 0
  /// The first backslash that is not yet passed.
  private(set) var nextBackslash = 0
  /// The offset in the window that the offsets count from.
  private(set) var origin = 0
  /// The offset in the window up to which the bytes were looked at.
  private(set) var scannedTo = 0
  /// The offset in the window of the first control character inside a string.
  private(set) var control = Int.max

  private let kernel: whittle_scan_kernel
  private var state = whittle_scan_state()

  /// Creates an index of nothing.
  ///
  /// - Parameter kernel: Which kernel looks at the bytes.
  init(kernel: Kernel = .fastest) {
    self.kernel = whittle_scan_kernel(kernel.rawValue)
  }

  /// Forgets everything and begins anew.
  ///
  /// - Parameter offset: An offset in the window that stands outside strings.
  mutating func restart(at offset: Int) {
    quoteCount = 0
    nextQuote = 0
    backslashCount = 0
    nextBackslash = 0
    origin = offset
    scannedTo = offset
    control = Int.max
    state = whittle_scan_state()
  }

  /// Tells the index that the window now begins later.
  ///
  /// - Parameter count: By how many bytes.
  mutating func drop(_ count: Int) {
    origin -= count
    scannedTo -= count
    if control != Int.max { control -= count }
  }

  /// Makes the bytes behind an offset known, as far as the window goes.
  ///
  /// - Parameters:
  ///   - window: The window.
  ///   - offset: Where the next value begins, outside strings and not before what was passed.
  ///   - length: How many bytes behind the offset must be known.
  mutating func cover(_ window: Span<UInt8>, from offset: Int, _ length: Int) {
    let end = min(window.count, offset + length)
    guard scannedTo < end else { return }
    // Offsets must stay below 2³²; after gigabytes without a break the index begins anew.
    if scannedTo < offset || window.count - origin > Int(Int32.max) { restart(at: offset) }
    pass(to: offset)
    forgetPassed()
    let target = max(end, min(window.count, scannedTo + StringIndex.step))
    let count = target - scannedTo
    let room = count + Int(WHITTLE_SCAN_BLOCK)
    makeRoom(in: &quotes, quoteCount + room)
    makeRoom(in: &backslashes, backslashCount + room)
    let base = UInt32(scannedTo - origin)
    // The kernel reads `count` bytes, which the window has, and writes less than `room` places, which both arrays have.
    let result = unsafe window.withUnsafeBufferPointer { bytes in
      unsafe quotes.withUnsafeMutableBufferPointer { quotes in
        unsafe backslashes.withUnsafeMutableBufferPointer { backslashes in
          unsafe whittle_scan(
            kernel, bytes.baseAddress.map { unsafe $0 + scannedTo }, count, base, &state,
            quotes.baseAddress.map { unsafe $0 + quoteCount },
            backslashes.baseAddress.map { unsafe $0 + backslashCount })
        }
      }
    }
    quoteCount += result.quotes
    backslashCount += result.backslashes
    // The room has these places, for a block is longer.
    for place in quoteCount..<quoteCount + 4 { quotes[place] = UInt32.max }
    if control == Int.max, result.control < count { control = scannedTo + result.control }
    scannedTo = target
  }

  /// Passes all quotes and backslashes before an offset in the window.
  ///
  /// - Parameter offset: The offset.
  mutating func pass(to offset: Int) {
    while nextQuote < quoteCount, origin + Int(quotes[nextQuote]) < offset { nextQuote += 1 }
    while nextBackslash < backslashCount, origin + Int(backslashes[nextBackslash]) < offset {
      nextBackslash += 1
    }
  }

  /// Passes quotes and backslashes.
  ///
  /// - Parameters:
  ///   - quotes: The first quote that is not passed.
  ///   - backslashes: The first backslash that is not passed.
  mutating func pass(quotes: Int, backslashes: Int) {
    nextQuote = quotes
    nextBackslash = backslashes
  }

  /// Calls a function with the offsets of the quotes and of the backslashes.
  ///
  /// - Parameter body: The function; the pointers are good for its call.
  /// - Returns: What the function returns.
  mutating func withPlaces<Result>(
    _ body: (UnsafeBufferPointer<UInt32>, UnsafeBufferPointer<UInt32>) -> Result
  ) -> Result {
    // Borrowed as if to be written, which takes no count of their owners.
    unsafe quotes.withUnsafeMutableBufferPointer { quotes in
      unsafe backslashes.withUnsafeMutableBufferPointer { backslashes in
        unsafe body(UnsafeBufferPointer(quotes), UnsafeBufferPointer(backslashes))
      }
    }
  }

  /// Moves what is not yet passed to the front, where that is little compared with what was passed.
  private mutating func forgetPassed() {
    func forget(_ places: inout [UInt32], _ passed: inout Int, _ count: inout Int) {
      guard passed > 0, passed >= count - passed else { return }
      // Both stretches lie within the places; they may overlap.
      unsafe places.withUnsafeMutableBufferPointer { places in
        if let base = places.baseAddress { unsafe base.update(from: base + passed, count: count - passed) }
      }
      count -= passed
      passed = 0
    }
    forget(&quotes, &nextQuote, &quoteCount)
    forget(&backslashes, &nextBackslash, &backslashCount)
  }

  private func makeRoom(in places: inout [UInt32], _ count: Int) {
    guard places.count < count else { return }
    places += [UInt32](repeating: 0, count: max(count, 2 * places.count) - places.count)
  }
}
