// The bytes of a file after all its compressions, a chunk at a time.
//
// Stages. The first stage holds raw bytes of the file. Whenever the bytes of the last stage begin with the magic
// number of a compression, a stage that undoes it is added, so `x.json.gz.gz` costs one stage more and names play no
// part. Each stage has one buffer of fixed size.

/// A pull-based chain of decompressors over one file.
struct ByteStream: ~Copyable {
  /// Damage of the file or of one of its compressions.
  struct Damage: Error, Hashable {
    /// The offset in the file.
    let offset: Int
    /// What is wrong.
    let message: String
  }

  private struct Stage {
    var decoder: Decoder?
    var buffer: [UInt8]
    var start = 0
    var end = 0
    /// How many bytes this stage has made before `start`.
    var consumed = 0
    var hasEnded = false
    /// Whether a member has ended and no byte of another one has been seen.
    var isBetweenMembers = false
    /// Where the current member begins in the stage before, as a count of its bytes.
    var memberStart = 0
    /// How often reading may go back to a member that a damaged one has swallowed; a bound on hostile work.
    var returnsLeft = 16

    var available: ArraySlice<UInt8> { buffer[start..<end] }
  }

  private static let bufferSize = 256 << 10
  private static let mostStages = 5
  /// No honest file comes near these: deflate cannot pass 1,032 : 1, and logs reach 30 : 1.
  private static let mostExpansion = 2000
  private static let freeExpansion = 64 << 20

  private let file: FileHandle?
  private var stages: [Stage] = []
  private var hasSniffed = false
  /// The damage found so far, in order of discovery.
  private(set) var damage: [Damage] = []

  /// How many bytes were read from the file.
  private(set) var rawBytes = 0

  /// Creates a stream over an open file.
  init(_ file: consuming FileHandle) {
    self.file = consume file
    stages.append(Stage(buffer: [UInt8](repeating: 0, count: ByteStream.bufferSize)))
  }

  /// Creates a stream over bytes in memory.
  init(_ bytes: [UInt8]) {
    file = nil
    stages.append(Stage(buffer: bytes, end: bytes.count, hasEnded: true))
    rawBytes = bytes.count
  }

  /// Whether the file is compressed, so that offsets in the stream are not offsets in the file.
  var isCompressed: Bool { stages.count > 1 }

  /// The first bytes of the stream, at least `count` unless it ends before.
  mutating func peek(_ count: Int) -> ArraySlice<UInt8> {
    sniff()
    fill(stages.count - 1, atLeast: count)
    return stages[stages.count - 1].available
  }

  /// Appends the next chunk to a window.
  ///
  /// - Parameter window: Where the bytes go.
  /// - Returns: Whether there were any; `false` at the end.
  mutating func read(into window: inout [UInt8]) -> Bool {
    sniff()
    let last = stages.count - 1
    fill(last, atLeast: 1)
    let bytes = stages[last].available
    window.append(contentsOf: bytes)
    stages[last].consumed += bytes.count
    stages[last].start = stages[last].end
    return !bytes.isEmpty
  }

  /// Adds a stage for each compression that the stream begins with.
  private mutating func sniff() {
    if hasSniffed { return }
    hasSniffed = true
    while true {
      fill(stages.count - 1, atLeast: 4)
      guard let format = Decoder.Format(magic: stages[stages.count - 1].available) else { return }
      guard stages.count < ByteStream.mostStages else {
        return giveUp("compressed more than \(ByteStream.mostStages - 1) times over: not read")
      }
      guard let decoder = Decoder(format) else {
        return giveUp(
          "compressed with Zstandard, and the system has no libzstd: decompress it with `zstd -d`")
      }
      stages.append(Stage(decoder: decoder, buffer: [UInt8](repeating: 0, count: ByteStream.bufferSize)))
    }
  }

  private mutating func giveUp(_ message: String) {
    report(message)
    stages[stages.count - 1].start = stages[stages.count - 1].end
    stages[stages.count - 1].hasEnded = true
  }

  private mutating func report(_ message: String) {
    damage.append(Damage(offset: stages[0].consumed, message: message))
  }

  /// Makes a stage hold at least `count` bytes, unless it ends before.
  private mutating func fill(_ index: Int, atLeast count: Int) {
    if stages[index].end - stages[index].start >= count || stages[index].hasEnded { return }
    if stages[index].start > 0 {
      let kept = Array(stages[index].available)
      stages[index].buffer.replaceSubrange(0..<kept.count, with: kept)
      stages[index].start = 0
      stages[index].end = kept.count
    }
    while stages[index].end < count, !stages[index].hasEnded {
      if index == 0 { readFile() } else { decode(index) }
    }
  }

  private mutating func readFile() {
    var chunk = [UInt8](repeating: 0, count: 0)
    swap(&chunk, &stages[0].buffer)
    defer { swap(&chunk, &stages[0].buffer) }
    do throws(SystemError) {
      guard stages[0].end == 0 else {
        var rest = [UInt8](repeating: 0, count: chunk.count - stages[0].end)
        let count = try file?.read(into: &rest) ?? 0
        chunk.replaceSubrange(stages[0].end..<stages[0].end + count, with: rest[..<count])
        stages[0].end += count
        rawBytes += count
        stages[0].hasEnded = count == 0
        return
      }
      let count = try file?.read(into: &chunk) ?? 0
      stages[0].end = count
      rawBytes += count
      stages[0].hasEnded = count == 0
    } catch {
      report(error.message)
      stages[0].hasEnded = true
    }
  }

  /// Decodes once from the stage before into a stage.
  private mutating func decode(_ index: Int) {
    guard let decoder = stages[index].decoder else { return }
    fill(index - 1, atLeast: 1)
    if stages[index].isBetweenMembers, !beginMember(index) { return }
    guard stages[index - 1].start < stages[index - 1].end else {
      stages[index].hasEnded = true
      if !stages[index].isBetweenMembers { report("the compressed data ends too early") }
      return
    }
    var output = [UInt8]()
    swap(&output, &stages[index].buffer)
    let used = stages[index].end
    let (read, written, outcome): (Int, Int, Decoder.Outcome)
    if used == 0 {
      (read, written, outcome) = decoder.step(stages[index - 1].available, into: &output)
    } else {
      var rest = [UInt8](repeating: 0, count: output.count - used)
      (read, written, outcome) = decoder.step(stages[index - 1].available, into: &rest)
      output.replaceSubrange(used..<used + written, with: rest[..<written])
    }
    swap(&output, &stages[index].buffer)
    consume(index - 1, read)
    stages[index].end += written
    switch outcome {
    case .more:
      let made = stages[index].consumed + stages[index].end
      if made > ByteStream.freeExpansion, made / max(1, rawBytes) > ByteStream.mostExpansion {
        report("decompresses to more than \(ByteStream.mostExpansion) times its size: not read further")
        stages[index].hasEnded = true
      }
    case .memberEnd: stages[index].isBetweenMembers = true
    case .corrupt(let message):
      report("damaged compressed data (\(message))")
      returnToMember(index)
      if !decoder.reset() || !findMember(index) { stages[index].hasEnded = true }
    }
  }

  private mutating func consume(_ index: Int, _ count: Int) {
    stages[index].start += count
    stages[index].consumed += count
  }

  /// Looks at what follows a member: another one, padding, or something else.
  private mutating func beginMember(_ index: Int) -> Bool {
    guard let format = stages[index].decoder?.format else { return false }
    fill(index - 1, atLeast: 4)
    let next = stages[index - 1].available
    if next.isEmpty {
      stages[index].hasEnded = true
      return false
    }
    if format == .zstandard || next.starts(with: [0x1F, 0x8B]) {
      stages[index].isBetweenMembers = false
      stages[index].memberStart = stages[index - 1].consumed
      return true
    }
    if next.first == 0 {
      // Padding with NUL bytes is what tapes and block devices add; gzip(1) passes over it too.
      consume(index - 1, next.prefix { $0 == 0 }.count)
      return false
    }
    report("something that is not gzip follows the compressed data")
    if findMember(index) {
      stages[index].isBetweenMembers = false
      return true
    }
    stages[index].hasEnded = true
    return false
  }

  /// Goes back to just behind the header of a damaged member, as far as the bytes are there.
  ///
  /// A member that was cut short takes the beginning of the next one for its own data; the next one is whole.
  private mutating func returnToMember(_ index: Int) {
    guard stages[index].returnsLeft > 0 else { return }
    stages[index].returnsLeft -= 1
    let back = min(
      stages[index - 1].start, stages[index - 1].consumed - stages[index].memberStart - 1)
    if back > 0 { consume(index - 1, -back) }
  }

  /// Passes over bytes of the stage before until a gzip header; Zstandard frames are not searched for.
  private mutating func findMember(_ index: Int) -> Bool {
    guard stages[index].decoder?.format == .gzip else { return false }
    while true {
      fill(index - 1, atLeast: 4)
      let next = stages[index - 1].available
      guard next.count >= 4 else {
        consume(index - 1, next.count)
        return false
      }
      let header = next.indices.dropLast(3).first {
        next[$0] == 0x1F && next[$0 + 1] == 0x8B && next[$0 + 2] == 8 && next[$0 + 3] & 0xE0 == 0
      }
      if let header {
        consume(index - 1, header - next.startIndex)
        stages[index].memberStart = stages[index - 1].consumed
        return true
      }
      consume(index - 1, next.count - 3)
    }
  }
}
