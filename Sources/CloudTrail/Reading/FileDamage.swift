// The damage of one file: of its compressions and of its records, whoever has read which part of it.

/// What is wrong with a file.
///
/// What is wrong with the bytes comes first, because it explains what is wrong with the text. So which damage is told
/// does not depend on how the text was cut or which thread has found it.
struct FileDamage: Sendable {
  private var ofStream: ByteStream.Damage?
  private var ofRecords: (offset: Int?, isDecoded: Bool, message: String)?
  private var count = 0

  /// Adds damage of the file or its compressions, in order of discovery.
  mutating func add(_ damage: ByteStream.Damage) {
    if ofStream == nil { ofStream = damage }
    count += 1
  }

  /// Adds the damage of the records of the next part of the text.
  mutating func add(_ log: DamageLog) {
    if ofRecords == nil { ofRecords = log.first }
    count += log.count
  }

  /// The entry of the file in the summary, or `nil` if it is whole.
  ///
  /// - Parameter path: The bytes of the file's path.
  /// - Returns: The entry.
  func entry(path: [UInt8]) -> DamagedFile? {
    let first = ofStream.map { ($0.offset, false, $0.message) } ?? ofRecords
    return first.map {
      DamagedFile(
        path: String(decoding: path, as: UTF8.self), offset: $0.offset, isDecodedOffset: $0.isDecoded,
        message: $0.message, count: count)
    }
  }
}
