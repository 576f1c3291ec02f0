// What is kept of shapes and digests that were met lately is what was put there, as long as it is there.

import JSONStream
import TestSupport
import Testing

@testable import Usage

@Suite struct ShapeTableTests {
  private static func shape(_ call: UInt32) -> CallShape {
    var shape = CallShape(.counted)
    shape.call = call
    return shape
  }

  @Test(
    "A table of shapes finds what was put last under a digest, unless it gave way", arguments: UInt64(1)...30)
  func dictionary(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let most = 64 << Int.random(in: 0...2, using: &random)
    var table = ShapeTable(most: most)
    // What stands there: the number of a shape, or nil for a fork.
    var known: [UInt64: UInt32?] = [:]
    // Few sets, and all bits above and below those that tell the set.
    let digests = (0..<Int.random(in: 10...400, using: &random)).map { _ in
      Bool.random(using: &random)
        ? UInt64.random(in: 0...4, using: &random) << 20 : UInt64.random(in: 0 ... .max, using: &random)
    }
    for step in 0..<2_000 {
      let digest = random.pick(digests) ?? 0
      // The digests 0 and 1 are one.
      let key = max(digest, 1)
      if let place = table.find(JSONDigest(digest)) {
        let found: UInt32? = table.isFork(place) ? nil : table[place].call
        #expect(known[key] == .some(found), "seed \(seed)")
        table.meet(place)
      } else {
        #expect(known[key] == nil, "seed \(seed)")
      }
      switch Int.random(in: 0...9, using: &random) {
      case 0...5:
        let before = known.count
        let place = table.room(for: JSONDigest(digest))
        // What gives way is told, and nothing else goes.
        let gone = known.first { $0.key != key && table.find(JSONDigest($0.key)) == place }
        if let gone {
          #expect(before >= 8 && table.places.count == most, "seed \(seed)")
          #expect(table.shape(at: place)?.call == gone.value, "seed \(seed)")
          known[gone.key] = nil
        } else {
          let call: UInt32? = known[key] ?? nil
          #expect(table.shape(at: place)?.call == call, "seed \(seed)")
        }
        let call = Bool.random(using: &random) ? UInt32(step) : nil
        table.put(call.map(ShapeTableTests.shape), JSONDigest(digest), at: place)
        known[key] = .some(call)
        #expect(table.find(JSONDigest(digest)) == place && !table.isEmpty, "seed \(seed)")
      case 6 where Int.random(in: 0...20, using: &random) == 0:
        table.removeAll()
        known = [:]
        #expect(table.isEmpty, "seed \(seed)")
      default: break
      }
      guard step % 50 == 0 else { continue }
      let shapes: [UInt32] = table.places.compactMap { table.shape(at: $0)?.call }
      let calls: [UInt32] = known.values.compactMap { $0 }
      #expect(shapes.sorted() == calls.sorted(), "seed \(seed)")
    }
  }

  @Test("A shape that is met again stays while as many come as its set has other places")
  func staying() {
    var table = ShapeTable(most: 64)
    let digests = (1...9).map { JSONDigest(UInt64($0)) }
    for (number, digest) in digests.dropLast().enumerated() {
      table.put(ShapeTableTests.shape(UInt32(number)), digest, at: table.room(for: digest))
    }
    if let place = table.find(digests[0]) { table.meet(place) }
    table.put(ShapeTableTests.shape(8), digests[8], at: table.room(for: digests[8]))
    #expect(table.find(digests[0]) != nil)
    #expect(table.find(digests[1]) == nil)
  }

  @Test("Numbers and digests met lately are those that were put there", arguments: UInt64(1)...20)
  func recent(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var numbers = RecentNumbers(places: 16)
    var met = RecentDigests(places: 16)
    var known: [UInt64: UInt32] = [:]
    var inserted: Set<UInt64> = []
    let digests = (0..<40).map { _ in
      UInt64.random(in: 0...40, using: &random) << UInt64.random(in: 0...40, using: &random)
    }
    for step in UInt32(0)..<1_000 {
      let digest = random.pick(digests) ?? 0
      // The digests 0 and 1 are one to numbers.
      let key = max(digest, 1)
      // What is found is the latest that was put there, and what was put last is found.
      if let number = numbers[JSONDigest(digest)] { #expect(known[key] == number, "seed \(seed)") }
      numbers[JSONDigest(digest)] = step
      known[key] = step
      #expect(numbers[JSONDigest(digest)] == step, "seed \(seed)")
      if !met.insert(JSONDigest(digest)) { #expect(inserted.contains(digest), "seed \(seed)") }
      inserted.insert(digest)
      #expect(met.insert(JSONDigest(digest)) == (digest == 0), "seed \(seed)")
      if step == 500 {
        numbers.removeAll()
        met.removeAll()
        (known, inserted) = ([:], [])
      }
    }
  }
}
