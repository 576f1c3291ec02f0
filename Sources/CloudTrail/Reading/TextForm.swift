// What a text is, as its first bytes tell: JSON, a table, or something with a name of its own.

import JSONStream

/// The form of a file after decompression.
enum TextForm: Hashable {
  /// A sequence of JSON values, with times before them or without; also whatever cannot be told apart from damage.
  case json
  /// Comma-separated values with a header.
  case table
  /// What `aws cloudtrail lookup-events --output text` prints: lines of fields between tabs.
  case lookupText
  /// Something that is not read, with what to do about it as a sentence fragment.
  case unreadable(String)

  /// Decides by content.
  ///
  /// - Parameter head: The first bytes in UTF-8, at least 16 KiB unless the file is shorter.
  init(_ head: [UInt8]) {
    for (magic, offset, message) in TextForm.magics
    where head.count >= offset + magic.count && head[offset..<offset + magic.count].elementsEqual(magic) {
      self = .unreadable(message)
      return
    }
    let text = head.starts(with: [0xEF, 0xBB, 0xBF]) ? head[3...] : head[...]
    guard let first = text.first(where: { !$0.isJSONWhitespace }) else {
      self = .json
      return
    }
    switch first {
    case UInt8(ascii: "{"), UInt8(ascii: "["): self = .json
    case UInt8(ascii: "<"):
      self = .unreadable("XML or HTML instead of a log: perhaps the error page of a failed download")
    case UInt8(ascii: "E") where text.starts(with: "EVENTS\t".utf8): self = .lookupText
    default: self = TextForm.isHeader(text) ? .table : .json
    }
  }

  /// Whether the first line is a header: names between commas, in letters, with no JSON in them, or the one name of
  /// a column of events.
  private static func isHeader(_ text: ArraySlice<UInt8>) -> Bool {
    guard let end = text.firstIndex(of: 0x0A) else { return false }
    let line = text[..<end]
    let name = line.filter { $0 != UInt8(ascii: "\"") && !$0.isJSONWhitespace }
    if QueryRow.holdsEvent(String(decoding: name, as: UTF8.self)) { return true }
    return line.contains(UInt8(ascii: ",")) && !line.contains(UInt8(ascii: "{"))
      && !zip(line, line.dropFirst()).contains { $0 == UInt8(ascii: "\"") && $1 == UInt8(ascii: ":") }
      && line.allSatisfy { $0 >= 0x20 || $0 == 0x0D || $0 == 0x09 }
  }

  private static let magics: [(bytes: [UInt8], offset: Int, message: String)] = [
    (
      Array("PAR1".utf8), 0,
      "Apache Parquet: convert it first, for instance with "
        + "`duckdb -c \"COPY (FROM 'FILE.parquet') TO 'FILE.json'\"`"
    ),
    (Array("SQLite format 3\0".utf8), 0, "SQLite database instead of a log"),
    (Array("ORC".utf8), 0, "Apache ORC: convert it to JSON first"),
    (
      Array("Obj\u{1}".utf8), 0,
      "Apache Avro: convert it to JSON first, for instance with `avro-tools tojson`"
    ),
    ([0x50, 0x4B, 0x03, 0x04], 0, "ZIP archive: unpack it first with `unzip`"),
    (Array("BZh".utf8), 0, "compressed with bzip2: decompress it first with `bunzip2`"),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], 0, "compressed with xz: decompress it first with `unxz`"),
    ([0x04, 0x22, 0x4D, 0x18], 0, "compressed with LZ4: decompress it first with `lz4 -d`"),
    (Array("ustar".utf8), 257, "tar archive: unpack it first with `tar -x`"),
    ([0x89, 0x50, 0x4E, 0x47], 0, "PNG image instead of a log"),
    (Array("%PDF".utf8), 0, "PDF document instead of a log"),
    ([0x7F, 0x45, 0x4C, 0x46], 0, "ELF program instead of a log"),
    (Array("age-encryption.org/".utf8), 0, "encrypted with age: decrypt it first"),
    (Array("-----BEGIN PGP".utf8), 0, "encrypted with PGP: decrypt it first"),
  ]
}
