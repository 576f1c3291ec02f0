// The bytes of a file after all its compressions, a chunk at a time.
//
// Stages. The first stage holds raw bytes of the file. Whenever the bytes of the last stage begin with the magic
// number of a compression, a stage that undoes it is added, so `x.json.gz.gz` costs one stage more and names play no
// part. The buffer of the last stage is the window in which records are found: no byte is copied between being
// decompressed and being parsed. Buffers are as large as a second-level cache takes, and kept from file to file.
//
// Whole members. A gzip file that is small enough to be in memory is decoded a member at a time by libdeflate, where
// that is installed. Whatever libdeflate refuses (damage, a member too large, something odd in the header) is decoded
// by zlib from the beginning of the member, so damage is found and told by one library only, and the bytes around it
// are the same on every machine. Only a deflate stream made by hand can tell the two apart: zlib refuses incomplete
// codes that libdeflate reads, and then the member's checksum has to be right as well.

/// A pull-based chain of decompressors over one file after another.
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
    var buffer: ByteBuffer
    /// How many bytes were taken from the buffer.
    var consumed = 0
    var hasEnded = false
    /// Whether a member has ended and no byte of another one has been seen.
    var isBetweenMembers = false
    /// Whether the next byte is the first of a member.
    var isAtMember = true
    /// Where the current member begins in the stage before, as a count of its bytes.
    var memberStart = 0
    /// How often reading may go back to a member that a damaged one has swallowed; a bound on hostile work.
    var returnsLeft = 16

    init(_ decoder: Decoder?, buffer: ByteBuffer) {
      self.decoder = decoder
      self.buffer = buffer
    }

    /// How many bytes the stage has made.
    var made: Int { consumed + buffer.count }

    /// The same memory, as if nothing had happened.
    func restarted() -> Stage {
      var stage = Stage(decoder, buffer: buffer)
      stage.buffer.removeAll()
      return stage
    }
  }

  /// How much is read or decoded in one go.
  private static let pieceSize = 256 << 10
  /// The longest gzip file that is decoded by whole members.
  private static let mostWholeInput = 1 << 20
  /// The longest member that is decoded as a whole; with the input, the most memory that a stream needs.
  private static let mostWholeOutput = 8 << 20
  /// The largest window that is kept for the next file: making one costs more time than decoding into it.
  private static let mostKept = mostWholeOutput
  private static let mostStages = 5
  /// No honest file comes near these: deflate cannot pass 1,032 : 1, and logs reach 30 : 1.
  private static let mostExpansion = 2000
  private static let freeExpansion = 64 << 20

  private var file: FileHandle?
  /// All stages ever made; the buffer of the last one in use is `window` between calls.
  private var stages: [Stage]
  private var depth = 1
  private var hasSniffed = false
  /// Whether whole members may be decoded, if the library is there.
  private let prefersMembers: Bool
  private var members: MemberDecoder?
  private var hasLookedForMembers = false
  /// Whether whole members are decoded in this file.
  private var usesMembers = false

  /// The bytes that were made and not yet dropped.
  private(set) var window = ByteBuffer()

  /// The damage found so far, in order of discovery.
  private(set) var damage: [Damage] = []

  /// How many bytes were read from the file.
  private(set) var rawBytes = 0

  /// Creates a stream without a file.
  ///
  /// - Parameter prefersMembers: Whether whole members are decoded by libdeflate where it is installed; the bytes are
  ///   the same without, which tests show.
  init(prefersMembers: Bool = true) {
    file = nil
    stages = [Stage(nil, buffer: ByteBuffer())]
    self.prefersMembers = prefersMembers
  }

  /// Creates a stream over bytes in memory.
  init(_ bytes: [UInt8], prefersMembers: Bool = true) {
    self.init(prefersMembers: prefersMembers)
    window = ByteBuffer(bytes)
    stages[0].hasEnded = true
    usesMembers = prefersMembers
    rawBytes = bytes.count
  }

  /// Goes on with another file; what is left of the last one is forgotten.
  mutating func open(_ file: consuming FileHandle) {
    swapWindow()
    for index in stages.indices { stages[index] = stages[index].restarted() }
    depth = 1
    swapWindow()
    self.file = consume file
    hasSniffed = false
    usesMembers = prefersMembers
    damage.removeAll(keepingCapacity: true)
    rawBytes = 0
  }

  /// Closes the file.
  ///
  /// Memory that only an unusually large record or member has needed is given back.
  mutating func close() {
    file = nil
    if window.capacity > ByteStream.mostKept { window = ByteBuffer() }
  }

  /// Whether the file is compressed, so that offsets in the stream are not offsets in the file.
  var isCompressed: Bool { depth > 1 }

  /// Makes the window hold at least so many bytes, unless the stream ends before.
  mutating func peek(_ count: Int) {
    swapWindow()
    sniff()
    fill(depth - 1, atLeast: count)
    swapWindow()
  }

  /// Appends the next bytes to the window.
  ///
  /// - Returns: Whether there were any; `false` at the end.
  mutating func extend() -> Bool {
    let before = window.count
    peek(before + 1)
    return window.count > before
  }

  /// Takes bytes from the front of the window.
  ///
  /// - Parameter count: At most as many as the window holds.
  mutating func drop(_ count: Int) {
    window.removeFirst(count)
    stages[depth - 1].consumed += count
  }

  /// Moves what is there, or the next bytes, to the end of a text.
  ///
  /// - Parameter text: Where the bytes go.
  /// - Returns: Whether there were any; `false` at the end.
  mutating func read(into text: inout [UInt8]) -> Bool {
    peek(1)
    text.append(contentsOf: window.unread)
    defer { drop(window.count) }
    return !window.isEmpty
  }

  /// Puts the window in the place of the last stage's buffer, or back.
  private mutating func swapWindow() { swap(&window, &stages[depth - 1].buffer) }

  /// Adds a stage for each compression that the stream begins with.
  private mutating func sniff() {
    if hasSniffed { return }
    hasSniffed = true
    while true {
      fill(depth - 1, atLeast: 4)
      guard let format = Decoder.Format(magic: stages[depth - 1].buffer.unread) else { return }
      guard depth < ByteStream.mostStages else {
        return giveUp("compressed more than \(ByteStream.mostStages - 1) times over: not read")
      }
      // In compressed data inside compressed data, how far decoding has come bears on the bound on expansion.
      if depth == 2, usesMembers, holdsWholeFile { return sniffAgain() }
      guard addStage(format) else {
        return giveUp(
          "compressed with Zstandard, and the system has no libzstd: decompress it with `zstd -d`")
      }
    }
  }

  /// Whether the file has been read to its end and all of it is still in the first buffer.
  private var holdsWholeFile: Bool {
    stages[0].hasEnded && stages[0].consumed == stages[0].buffer.range.lowerBound
  }

  /// Begins the file again without decoding whole members.
  private mutating func sniffAgain() {
    usesMembers = false
    stages[0].buffer.putBack(stages[0].consumed)
    stages[0].consumed = 0
    stages[1] = stages[1].restarted()
    damage.removeAll()
    depth = 1
    hasSniffed = false
    sniff()
  }

  private mutating func addStage(_ format: Decoder.Format) -> Bool {
    if stages.count > depth, stages[depth].decoder?.format == format, stages[depth].decoder?.reset() == true {
      depth += 1
      return true
    }
    guard let decoder = Decoder(format) else { return false }
    stages.removeSubrange(depth...)
    stages.append(Stage(decoder, buffer: ByteBuffer()))
    depth += 1
    return true
  }

  private mutating func giveUp(_ message: String) {
    report(message)
    consume(depth - 1, stages[depth - 1].buffer.count)
    stages[depth - 1].hasEnded = true
  }

  private mutating func report(_ message: String) {
    damage.append(Damage(offset: stages[0].consumed, message: message))
  }

  /// Makes a stage hold at least `count` bytes, unless it ends before.
  private mutating func fill(_ index: Int, atLeast count: Int) {
    while stages[index].buffer.count < count, !stages[index].hasEnded {
      if index == 0 { readFile() } else { decode(index) }
    }
  }

  private mutating func readFile() {
    stages[0].buffer.reserve(stages[0].buffer.isEmpty ? ByteStream.pieceSize : ByteStream.pieceSize / 2)
    let most = min(ByteStream.pieceSize, stages[0].buffer.room)
    do throws(SystemError) {
      let count = try file?.read(into: &stages[0].buffer, most: most) ?? 0
      rawBytes += count
      // What has given all that it had, and less than it was asked for, need not be asked again: a call for each file.
      stages[0].hasEnded = count == 0 || count < most && rawBytes == file?.size
    } catch {
      damage.append(Damage(offset: rawBytes, message: error.message))
      stages[0].hasEnded = true
    }
  }

  /// Decodes once from the stage before into a stage.
  private mutating func decode(_ index: Int) {
    guard let decoder = stages[index].decoder else { return }
    // The beginning of a gzip file is read as far as members could be whole, with the library for them and without.
    let isFirst = index == 1 && decoder.format == .gzip && stages[0].consumed == 0
    fill(index - 1, atLeast: isFirst ? ByteStream.mostWholeInput + 1 : 1)
    if stages[index].isBetweenMembers, !beginMember(index) { return }
    guard !stages[index - 1].buffer.isEmpty else {
      stages[index].hasEnded = true
      if !stages[index].isBetweenMembers { report("the compressed data ends too early") }
      return
    }
    if stages[index].isAtMember, index == 1, decodeMember() { return }
    stages[index].isAtMember = false
    stages[index].buffer.reserve(
      stages[index].buffer.isEmpty ? ByteStream.pieceSize : ByteStream.pieceSize / 2)
    let (read, outcome) = decoder.step(stages[index - 1].buffer.unread, into: &stages[index].buffer)
    consume(index - 1, read)
    switch outcome {
    case .more:
      let made = stages[index].made
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

  /// Decodes a whole member at once, where all of the file is in memory.
  private mutating func decodeMember() -> Bool {
    guard usesMembers, holdsWholeFile, stages[1].decoder?.format == .gzip else { return false }
    if !hasLookedForMembers {
      hasLookedForMembers = true
      members = MemberDecoder()
    }
    guard let members else { return false }
    // The last four bytes are the size of the last member, or whatever an attacker has put there.
    let input = stages[0].buffer.unread
    let size = input.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard input.count <= ByteStream.mostWholeInput, size <= ByteStream.mostWholeOutput else { return false }
    stages[1].buffer.reserve(max(size, ByteStream.pieceSize))
    guard let read = members.decode(input, into: &stages[1].buffer) else { return false }
    consume(0, read)
    stages[1].isBetweenMembers = true
    return true
  }

  private mutating func consume(_ index: Int, _ count: Int) {
    stages[index].buffer.removeFirst(count)
    stages[index].consumed += count
  }

  /// Looks at what follows a member: another one, padding, or something else.
  private mutating func beginMember(_ index: Int) -> Bool {
    guard let format = stages[index].decoder?.format else { return false }
    fill(index - 1, atLeast: 4)
    let next = stages[index - 1].buffer.unread
    if next.isEmpty {
      stages[index].hasEnded = true
      return false
    }
    if format == .zstandard || next.starts(with: [0x1F, 0x8B]) {
      stages[index].isBetweenMembers = false
      stages[index].isAtMember = true
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
      stages[index - 1].buffer.range.lowerBound, stages[index - 1].consumed - stages[index].memberStart - 1)
    if back > 0 {
      stages[index - 1].buffer.putBack(back)
      stages[index - 1].consumed -= back
    }
  }

  /// Passes over bytes of the stage before until a gzip header; Zstandard frames are not searched for.
  private mutating func findMember(_ index: Int) -> Bool {
    guard stages[index].decoder?.format == .gzip else { return false }
    while true {
      fill(index - 1, atLeast: 4)
      let next = stages[index - 1].buffer.unread
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
