// Decompression by whole members and by streaming gives the same bytes and finds the same damage.

@testable import CloudTrail
import Foundation
import TestSupport
import Testing

@Suite struct ByteStreamTests {
  /// What a stream made of a file.
  private struct Outcome: Equatable {
    var bytes: [UInt8] = []
    var damage: [ByteStream.Damage] = []
    var isCompressed = false
  }

  private static func read(_ bytes: [UInt8], prefersMembers: Bool) -> Outcome {
    var stream = ByteStream(bytes, prefersMembers: prefersMembers)
    var outcome = Outcome()
    while stream.read(into: &outcome.bytes) {}
    outcome.damage = stream.damage
    outcome.isCompressed = stream.isCompressed
    return outcome
  }

  /// Reads by files, by both ways, with streams that have read other files before.
  private static func agree(_ files: [[UInt8]], in folder: ScratchFolder) throws {
    var wholeStream = ByteStream()
    var streamedStream = ByteStream(prefersMembers: false)
    for (index, bytes) in files.enumerated() {
      let name = Array(try folder.write("file", bytes).utf8)
      func read(_ stream: inout ByteStream) throws -> Outcome {
        stream.open(try FileHandle(opening: name, isGiven: true))
        var outcome = Outcome()
        while stream.read(into: &outcome.bytes) {}
        outcome.damage = stream.damage
        outcome.isCompressed = stream.isCompressed
        stream.close()
        return outcome
      }
      let whole = try read(&wholeStream)
      #expect(whole == (try read(&streamedStream)), "file \(index)")
      #expect(whole == ByteStreamTests.read(bytes, prefersMembers: true), "file \(index) in memory")
      #expect(whole == ByteStreamTests.read(bytes, prefersMembers: false), "file \(index) in memory")
    }
  }

  private static let text = Array(String(repeating: Sample.list + "\n" + Sample.put + "\n", count: 40).utf8)

  /// The text compressed by the system's `gzip`, so with codes that a hand-made member has not.
  private static func compressed(_ bytes: [UInt8], in folder: ScratchFolder) throws -> [UInt8] {
    let path = try folder.write("plain", bytes)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "-6", "-f", path]
    try process.run()
    process.waitUntilExit()
    return Array(try Data(contentsOf: URL(filePath: path + ".gz")))
  }

  @Test func soundAndOddFilesReadTheSame() throws {
    let folder = try ScratchFolder()
    let packed = try ByteStreamTests.compressed(ByteStreamTests.text, in: folder)
    let stored = gzipped(ByteStreamTests.text)
    let empty = gzipped([])
    var badHeaderChecksum = packed
    badHeaderChecksum[3] |= 2
    var oddHeader = packed
    oddHeader[3] |= 0x40
    var lyingSize = packed
    lyingSize.replaceSubrange(packed.count - 4..<packed.count, with: [0xFF, 0xFF, 0xFF, 0x7F])
    var smallSize = packed
    smallSize.replaceSubrange(packed.count - 4..<packed.count, with: [1, 0, 0, 0])
    let zeros = try ByteStreamTests.compressed([UInt8](repeating: 0, count: 9 << 20), in: folder)
    let files = [
      packed, stored, [], empty, packed + stored + packed,
      packed + [UInt8](repeating: 0, count: 700) + packed,
      empty + empty + packed, packed + Array("garbage".utf8), packed + Array("garbage".utf8) + packed,
      badHeaderChecksum, oddHeader + packed, lyingSize, smallSize, packed + smallSize + packed,
      gzipped(packed), gzipped(empty + packed), gzipped(gzipped(packed)) + packed,
      gzipped(Array(packed.dropLast(9))),
      Array(packed.prefix(5)), Array(packed.prefix(11)) + packed, zeros, packed + zeros + packed,
      ByteStreamTests.text, Array("x".utf8), packed,
    ]
    try ByteStreamTests.agree(files, in: folder)
    #expect(ByteStreamTests.read(packed, prefersMembers: true).bytes == ByteStreamTests.text)
    #expect(ByteStreamTests.read(packed + packed, prefersMembers: true).damage.isEmpty)
  }

  /// Law: whatever is cut, flipped or inserted, both ways of decompression agree on bytes, damage and offsets.
  @Test func damagedFilesReadTheSame() throws {
    let folder = try ScratchFolder()
    let packed = try ByteStreamTests.compressed(Array(ByteStreamTests.text.prefix(20_000)), in: folder)
    let small = try ByteStreamTests.compressed(Array(Sample.put.utf8), in: folder)
    var files: [[UInt8]] = []
    for seed in UInt64(1)...150 {
      var random = SeededGenerator(seed: seed)
      var bytes = random.chance(0.3) ? packed + small : random.chance(0.5) ? small + packed + small : packed
      for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0, 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2:
          bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...400, using: &random)))
        default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
        }
      }
      files.append(bytes)
    }
    try ByteStreamTests.agree(files, in: folder)
  }

  @Test func bombsWithinBombsAreNotReadToTheEnd() throws {
    let folder = try ScratchFolder()
    let inner = try ByteStreamTests.compressed([UInt8](repeating: 0x20, count: 72 << 20), in: folder)
    let outer = try ByteStreamTests.compressed(inner, in: folder)
    let whole = ByteStreamTests.read(outer, prefersMembers: true)
    #expect(whole == ByteStreamTests.read(outer, prefersMembers: false))
    #expect(whole.bytes.count < 70 << 20)
    #expect(
      whole.damage.map(\.message) == ["decompresses to more than 2000 times its size: not read further"])
  }
}
