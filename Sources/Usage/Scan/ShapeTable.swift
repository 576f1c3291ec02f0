// The shapes that were met lately.
//
// Four of five shapes are met once, and the others mostly soon after one another. So the table is a cache of sets as those
// of processors are: the digest tells the set, of whose eight places each may hold the shape, and where none is free the
// first one gives way, in turn, that was not met again since its turn was last. The digests of a set are one line of the
// processor's cache; the shapes stand at the same places in an array of their own, which is not touched where a digest is
// not found.
//
//     digest ──▶ set: │ d0 │ d1 │ … │ d7 │   digests[set]           a line of 64 bytes
//                     │ met again? fork? turn │ states[set]
//                     shapes[8 · set + place]
//
// A fork stands in place of a shape where events differ by a further part: they are found by the digest with that part.

import JSONStream

/// A bounded number of shapes, found by the digests of what their events share.
struct ShapeTable: Sendable {
  /// How many places a set has.
  private static let width = 8

  /// What is known of the places of a set.
  private struct State: Sendable {
    /// How many places are taken, from the first one on.
    var count: UInt8 = 0
    /// The place whose turn it is to give way.
    var turn: UInt8 = 0
    /// Which places were met again since it was their turn, one bit each.
    var isMet: UInt8 = 0
    /// Which places are forks, one bit each.
    var isFork: UInt8 = 0
  }

  private let most: Int
  private var digests: [SIMD8<UInt64>]
  private var states: [State]
  private var shapes: [CallShape]
  /// Whether there are neither shapes nor forks.
  private(set) var isEmpty = true

  /// Creates an empty table.
  ///
  /// - Parameter most: How many shapes and forks are kept at most, a power of two, and at least 64.
  init(most: Int) {
    precondition(most.nonzeroBitCount == 1 && most >= 8 * ShapeTable.width)
    self.most = most
    digests = [SIMD8<UInt64>](repeating: SIMD8(), count: 8)
    states = [State](repeating: State(), count: 8)
    shapes = [CallShape](repeating: CallShape(.ignored), count: 8 * ShapeTable.width)
  }

  @inline(__always)
  private func set(of digest: UInt64) -> Int { Int(truncatingIfNeeded: digest >> 20) & (digests.count &- 1) }

  /// The digest 0 marks free places.
  @inline(__always)
  private static func marked(_ digest: JSONDigest) -> UInt64 { digest.value == 0 ? 1 : digest.value }

  /// The place of a digest; `nil` where it is not there.
  ///
  /// - Parameter digest: The digest.
  /// - Returns: The place.
  @inline(__always)
  func find(_ digest: JSONDigest) -> Int? {
    let digest = ShapeTable.marked(digest)
    let set = set(of: digest)
    // A vector of eight words is read as eight words.
    return unsafe digests.withUnsafeBytes { bytes in
      let start = set &* MemoryLayout<SIMD8<UInt64>>.stride
      for lane in 0..<ShapeTable.width
      where unsafe bytes.load(fromByteOffset: start &+ lane &* 8, as: UInt64.self) == digest {
        return set &* ShapeTable.width &+ lane
      }
      return nil
    }
  }

  /// Whether a fork stands at a place.
  ///
  /// - Parameter place: The place.
  /// - Returns: Whether it does.
  @inline(__always)
  func isFork(_ place: Int) -> Bool {
    states[place / ShapeTable.width].isFork >> UInt8(truncatingIfNeeded: place % ShapeTable.width) & 1 == 1
  }

  /// Notes that what stands at a place was met again, so that it stays.
  ///
  /// - Parameter place: The place.
  @inline(__always)
  mutating func meet(_ place: Int) {
    let bit: UInt8 = 1 << UInt8(truncatingIfNeeded: place % ShapeTable.width)
    if states[place / ShapeTable.width].isMet & bit == 0 { states[place / ShapeTable.width].isMet |= bit }
  }

  /// The shape at a place.
  ///
  /// - Parameter place: The place.
  subscript(place: Int) -> CallShape {
    @inline(__always) get { shapes[place] }
    @inline(__always) _modify { yield &shapes[place] }
  }

  /// The place for a digest: the one where it is, or one that is free or whose turn it is to give way.
  ///
  /// - Parameter digest: The digest.
  /// - Returns: The place; what ``shape(at:)`` tells of it is to be recorded before another shape is put there.
  mutating func room(for digest: JSONDigest) -> Int {
    if let known = find(digest) { return known }
    while true {
      let set = set(of: ShapeTable.marked(digest))
      var state = states[set]
      if state.count < ShapeTable.width { return set * ShapeTable.width + Int(state.count) }
      if shapes.count < most {
        grow()
        continue
      }
      while state.isMet >> state.turn & 1 == 1 {
        state.isMet &= ~(1 << state.turn)
        state.turn = (state.turn + 1) % UInt8(ShapeTable.width)
      }
      let place = set * ShapeTable.width + Int(state.turn)
      state.turn = (state.turn + 1) % UInt8(ShapeTable.width)
      states[set] = state
      return place
    }
  }

  /// Asks for the memory of the shape that gives way when one is added, as far as that can be told.
  ///
  /// - Parameter digest: The digest of the one that is added.
  @inline(__always)
  func prefetchRoom(for digest: JSONDigest) {
    let set = set(of: ShapeTable.marked(digest))
    prefetchShape(at: set &* ShapeTable.width &+ Int(states[set].turn))
  }

  /// The shape at a place where there may be none.
  ///
  /// - Parameter place: The place.
  /// - Returns: The shape, or `nil` where the place is free or a fork stands there.
  func shape(at place: Int) -> CallShape? {
    Int(states[place / ShapeTable.width].count) > place % ShapeTable.width && !isFork(place)
      ? shapes[place] : nil
  }

  /// Puts a shape at a place.
  ///
  /// - Parameters:
  ///   - shape: The shape; `nil` for a fork.
  ///   - digest: Its digest.
  ///   - place: The place, which is that for the digest.
  mutating func put(_ shape: CallShape?, _ digest: JSONDigest, at place: Int) {
    let (set, lane) = (place / ShapeTable.width, place % ShapeTable.width)
    digests[set][lane] = ShapeTable.marked(digest)
    states[set].count = max(states[set].count, UInt8(lane + 1))
    let bit: UInt8 = 1 << UInt8(lane)
    states[set].isMet &= ~bit
    if let shape {
      states[set].isFork &= ~bit
      shapes[place] = shape
    } else {
      states[set].isFork |= bit
    }
    isEmpty = false
  }

  /// The places of all shapes there may be.
  var places: Range<Int> { shapes.indices }

  /// Removes all shapes and forks, keeping the memory.
  mutating func removeAll() {
    if isEmpty { return }
    for set in digests.indices {
      digests[set] = SIMD8()
      states[set] = State()
    }
    isEmpty = true
  }

  /// Doubles the number of sets; what is in a set goes to two.
  private mutating func grow() {
    let (oldDigests, oldStates, oldShapes) = (digests, states, shapes)
    digests = [SIMD8<UInt64>](repeating: SIMD8(), count: 2 * oldDigests.count)
    states = [State](repeating: State(), count: 2 * oldStates.count)
    shapes = [CallShape](repeating: CallShape(.ignored), count: 2 * oldShapes.count)
    for place in oldShapes.indices {
      let (old, lane) = (place / ShapeTable.width, place % ShapeTable.width)
      guard lane < oldStates[old].count else { continue }
      let set = set(of: oldDigests[old][lane])
      let new = Int(states[set].count)
      digests[set][new] = oldDigests[old][lane]
      states[set].count += 1
      states[set].isMet |= (oldStates[old].isMet >> UInt8(lane) & 1) << UInt8(new)
      states[set].isFork |= (oldStates[old].isFork >> UInt8(lane) & 1) << UInt8(new)
      shapes[set * ShapeTable.width + new] = oldShapes[place]
    }
  }

  /// Asks for the memory where a digest stands.
  ///
  /// - Parameter digest: The digest.
  @inline(__always)
  func prefetch(_ digest: JSONDigest) {
    digests.prefetch(at: set(of: ShapeTable.marked(digest)))
  }

  /// Asks for the memory of a shape.
  ///
  /// - Parameter place: Its place.
  @inline(__always)
  func prefetchShape(at place: Int) {
    shapes.prefetch(at: place)
  }
}
