// What the table of uses is made of: chunks, texts, lists and counts, each held to a plain twin.

import CloudTrail
import IAM
import TestSupport
import Testing

@testable import CloudTrail
@testable import Usage

@Suite("Storage of uses")
struct TableStorageTests {
  @Test("Elements in chunks are those of an array, and copies keep theirs", arguments: UInt64(1)...4)
  func chunks(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var chunked = ChunkedArray<Int>()
    var array: [Int] = []
    var copy = (chunked: chunked, array: array)
    // Some chunks, the last one neither full nor empty.
    for number in 0..<10_000 {
      chunked.append(number)
      array.append(number)
      let place = Int.random(in: 0...number, using: &random)
      chunked.update(place) { $0 &+= 7 }
      array[place] &+= 7
      let other = Int.random(in: 0...number, using: &random)
      chunked[other] = seed.hashValue
      array[other] = seed.hashValue
      if number == 5_000 { copy = (chunked, array) }
    }
    for (chunked, array) in [(chunked, array), copy] {
      #expect(chunked.indices == array.indices && chunked.isEmpty == array.isEmpty)
      #expect(chunked.indices.allSatisfy { chunked[$0] == array[$0] }, "seed \(seed)")
    }
  }

  @Test("Each text has one number, whatever its length and where it stands", arguments: UInt64(1)...8)
  func texts(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var table = TextTable()
    var numbers: [ByteString: UInt32] = [:]
    // Around the room of a chunk, where a text gets one of its own.
    let lengths = [0, 1, 40, 300, 20_000, 65_534, 65_535, 65_536, 70_000]
    for _ in 0..<300 {
      let length = random.pick(lengths) ?? 0
      let letter = random.pick(["a", "b", "é", "\u{0}"]) ?? ""
      let text = String(repeating: letter, count: length / letter.utf8.count)
      let number = Bool.random(using: &random) ? table.number(text) : table.number(Array(text.utf8).span)
      #expect(numbers[ByteString(text), default: number] == number, "seed \(seed): \(length) bytes")
      numbers[ByteString(text)] = number
    }
    #expect(Set(numbers.values).count == numbers.count && table.count == numbers.count)
    var other = TextTable()
    _ = other.number("first")
    for (text, number) in numbers {
      let isSame = table.text(number)?.sameBytes(as: text.text) == true && table.find(text.text) == number
      #expect(isSame, "seed \(seed): \(text.text.utf8.count) bytes")
      let isFound = other.find(text.text)
      #expect(isFound == nil)
      let moved = other.number(number, in: table)
      #expect(other.text(moved).map { ByteString($0) } == text)
    }
    // All at once, some of which are there already.
    var third = TextTable()
    for number in 1...UInt32(table.count) where number % 3 == 0 { _ = third.number(number, in: table) }
    let found = third.numbers(Array(1...UInt32(table.count)), in: table)
    #expect(found.count == table.count && third.count == table.count, "seed \(seed)")
    for (number, moved) in zip(1...UInt32(table.count), found) {
      let isSame = third.text(moved).map { ByteString($0) } == table.text(number).map { ByteString($0) }
      #expect(isSame, "seed \(seed)")
    }
    for (left, first) in numbers {
      for (right, second) in numbers {
        #expect(table.precedes(first, second) == (left < right), "seed \(seed)")
      }
    }
    #expect(table.number(nil) == TextTable.none && table.text(TextTable.none) == nil)
    #expect(table.precedes(TextTable.none, 1) && !table.precedes(1, TextTable.none))
  }

  @Test("Lists have the numbers that were added, the last one first", arguments: UInt64(1)...20)
  func lists(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var room = NumberLists()
    var lists = [NumberLists.List](repeating: NumberLists.List(), count: 6)
    var arrays = [[UInt32]](repeating: [], count: 6)
    let numbers: [UInt32] = [0, 1, 2, 3, 1 << 31 - 1, 1 << 31, .max - 2, .max - 1]
    for _ in 0..<400 {
      let list = Int.random(in: 0..<lists.count, using: &random)
      if Int.random(in: 0...15, using: &random) == 0 {
        room.removeAll(&lists[list])
        arrays[list] = []
      }
      let number = random.pick(numbers) ?? 0
      #expect(room.insert(number, into: &lists[list]) == !arrays[list].contains(number), "seed \(seed)")
      if !arrays[list].contains(number) { arrays[list].insert(number, at: 0) }
      for (list, array) in zip(lists, arrays) {
        var numbers: [UInt32] = []
        room.forEach(list) { numbers.append($0) }
        #expect(numbers == array && list.isEmpty == array.isEmpty, "seed \(seed)")
      }
      for left in lists.indices {
        let isEqual = room.isEqual(lists[left], lists[list])
        #expect(isEqual == (arrays[left] == arrays[list]), "seed \(seed)")
      }
    }
  }

  @Test("Small counts are counts, or say that there is no room", arguments: UInt64(1)...40)
  func counts(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var small = SmallCounts()
    var whole = EventCounts()
    let seconds: [Int64] = [.min, .max, -1, 0, 1, 1_700_000_000, 1 << 32, 1 << 40]
    for _ in 0..<30 {
      var added = EventCounts()
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        added.add(Timestamp(secondsSinceEpoch: random.pick(seconds) ?? 0))
      }
      if Int.random(in: 0...9, using: &random) == 0, let span = added.span {
        added = EventCounts(count: Int(UInt32.max) - 2, first: span.first, last: span.last)
      }
      var joined = whole
      joined.merge(added)
      let duration = joined.span.map { $0.last.subtractingReportingOverflow($0.first) }
      let isShort = duration.map { !$0.overflow && $0.partialValue <= Int64(UInt32.max) } ?? true
      let hasRoom = joined.count <= Int(UInt32.max) && isShort
      #expect(small.merge(added) == (hasRoom || added.count == 0), "seed \(seed)")
      if hasRoom { whole = joined }
      #expect(small.counts.tally == whole.tally && small.isEmpty == (whole.count == 0), "seed \(seed)")
    }
  }

  @Test("A use has 64 bytes")
  func size() { #expect(MemoryLayout<UseRow>.stride == 64) }
}
