// What damage costs: a line in the summary with an offset, and the records that it stands in.

@testable import CloudTrail
import Foundation
import IAM
import JSONStream
import Testing

@Suite struct DamageTests {
  static let records = #"{"Records":[\#(Sample.list),\#(Sample.put)]}"#

  /// Damaged inputs, the events that are left, and the offset and a part of the message of the first damage.
  static let damaged: [(name: String, bytes: [UInt8], events: Int, offset: Int?, message: String)] = {
    let plain = Array(records.utf8)
    let packed = gzipped(plain)
    let second = 12 + Sample.list.utf8.count + 1
    return [
      ("empty", [], 0, 0, "empty"),
      ("empty.gz", gzipped([]), 0, 0, "empty"),
      ("cut", Array(plain.dropLast(40)), 1, plain.count - 40, "ends inside"),
      ("cut.gz", Array(packed.dropLast(60)), 1, packed.count - 60, "ends too early"),
      ("head cut", Array(plain.dropFirst(40)), 1, 0, "unexpected"),
      (
        "bad checksum", Array(packed.dropLast(8)) + [1, 2, 3, 4] + packed.suffix(4), 2, packed.count - 4,
        "data check"
      ),
      ("two members, the first bad", Array(packed.dropLast(60)) + packed, 2, nil, "damaged compressed data"),
      ("garbage behind", packed + Array("garbage".utf8), 2, packed.count, "follows the compressed data"),
      ("NUL padding", plain + [UInt8](repeating: 0, count: 999), 2, plain.count, "NUL"),
      ("HTML", Array("<!DOCTYPE html><html>".utf8), 0, 0, "HTML"),
      ("PNG", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0], 0, 0, "PNG"),
      ("Parquet", Array("PAR1....PAR1".utf8), 0, 0, "duckdb"),
      (
        "random", (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) | 0x80 }, 0, 0,
        "unexpected"
      ),
      ("unknown table", Array("a,b\n1,2\n".utf8), 0, 0, "table"),
      ("short row", Array("_raw,x\n1\n\(Sample.field(Sample.put)),2\n".utf8), 1, 7, "row of 1"),
      (
        "open quote", Array("_raw,x\n\"1,2\n\(Sample.field(Sample.put).dropFirst().dropLast()),2\n".utf8), 0,
        7, "quote"
      ),
      (
        "flipped byte",
        Array(#"{"Records":[\#(Sample.list),{x\#(Sample.put.dropFirst()),\#(Sample.put)]}"#.utf8), 2,
        second + 1, "unexpected"
      ),
      (
        "not JSON in a message",
        Array(#"{"logEvents":[{"message":"{\"a\":"},{"message":\#(Sample.quotedPut)}]}"#.utf8), 1, 14,
        "wrapped"
      ),
    ]
  }()

  @Test(arguments: damaged.indices)
  func wholeRecordsAroundDamageCount(index: Int) throws {
    let (name, bytes, events, offset, message) = DamageTests.damaged[index]
    let (found, summary) = try ScratchFolder.scan(bytes)
    #expect(found.events.count == events, "\(name): \(summary)")
    let damage = try #require(summary.damaged.first, "\(name)")
    #expect(summary.damaged.count == 1 && damage.count >= 1)
    #expect(damage.message.contains(message), "\(name): \(damage)")
    if let offset { #expect(damage.offset == offset, "\(name): \(damage)") }
  }

  @Test func paddingBehindGzipIsNoDamage() throws {
    let (found, summary) = try ScratchFolder.scan(
      gzipped(Array(DamageTests.records.utf8)) + [UInt8](repeating: 0, count: 512))
    #expect(found.events.count == 2 && summary.damaged.isEmpty)
  }

  @Test func irregularRecordsAreKept() throws {
    let texts = [
      #"{"eventName":"A","eventSource":"a.amazonaws.com","userIdentity":null,"requestParameters":"123"}"#,
      #"{"eventName":"B","eventSource":"a.amazonaws.com","userIdentity":{},"resources":"","eventTime":"..."}"#,
      #"{"eventName":"C","eventSource":"a.amazonaws.com","userIdentity":[],"resources":["x",{"arn":"arn:aws:s3:::b"}]}"#,
      #"{"eventName":"D","eventSource":"a.amazonaws.com","requestParameters":"{ \"a\": 1 }","sourceIPAddress":{"ip":1}}"#,
      #"{"eventVersion":1,"eventName":"E","eventName":"E2","userIdentity":{"type":"Root","arn":""}}"#,
      #"{"eventName":"F","eventSource":"a\u0062.amazonaws.com","userIdentity":{"arn":"\ud83d"},"n":123456789012345678901234567890e999}"#,
    ]
    let (found, summary) = try ScratchFolder.scan(texts.joined(separator: "\n"))
    #expect(found.events.map(\.eventName) == ["A", "B", "C", "D", "E2", "F"])
    #expect(summary.damaged.isEmpty && summary.duplicates == 0)
    #expect(found.events[2].resources.map(\.arn) == ["arn:aws:s3:::b"])
    #expect(found.events[3].requestParameters["a"]?.scalarText == "1")
    #expect(found.events[5].eventSource == "ab.amazonaws.com")
    #expect(
      found.events.map { Principal($0).identifier } == [
        "missing", "missing", "missing", "missing", "Root::", "\u{FFFD}",
      ])
  }

  @Test func nestingBombsAreSurvived() throws {
    let deep = String(repeating: "[", count: 200_000)
    let closed = deep + String(repeating: "]", count: 200_000)
    let event = Sample.put.dropLast() + #","more":\#(closed)}"#
    let (found, summary) = try ScratchFolder.scan(event + "\n" + Sample.list + "\n" + deep)
    #expect(found.events.map(\.eventName) == ["PutBucketTagging", "ListBuckets"])
    #expect(summary.damaged.count == 1)
    var wrapped = Sample.list
    for _ in 0..<12 { wrapped = #"{"_raw":\#(Sample.quoted(wrapped))}"# }
    let nested = try ScratchFolder.scan(wrapped)
    #expect(
      nested.consumer.events.isEmpty && nested.summary.damaged.first?.message.contains("wrapped") == true)
  }

  @Test func duplicatesNeedTheSameIdTimeAndContent() throws {
    let other = Sample.list.replacing("ListBuckets", with: "GetBucketAcl")
    let later = Sample.list.replacing("12:34:56", with: "12:34:57")
    let spaced = Sample.list.replacing(":", with: " : ").replacing("12 : 34 : 56", with: "12:34:56")
      .replacing(" : aws : ", with: ":aws:").replacing("11 : 00 : 00", with: "11:00:00")
      .replacing("iam :  : ", with: "iam::").replacing("sts :  : ", with: "sts::")
      .replacing("arn:aws:sts::111122223333 : ", with: "arn:aws:sts::111122223333:")
      .replacing("arn:aws:iam::111122223333 : ", with: "arn:aws:iam::111122223333:")
    let nameless = Sample.list.replacing("eventID", with: "otherID")
    // The same ids in another writing, and one that differs in a single digit or in case.
    let escaped = Sample.list.replacing("\"11111111-", with: "\"\\u00311111111-")
      .replacing("ListBuckets", with: "\\u004cistBuckets")
    let next = Sample.list.replacing("000000000001", with: "000000000002")
    let large = Sample.list.replacing("11111111-0000", with: "1111111A-0000")
    let small = Sample.list.replacing("11111111-0000", with: "1111111a-0000")
    let (found, summary) = try ScratchFolder.scan(
      [Sample.list, other, later, spaced, nameless, nameless, escaped, next, large, small, large]
        .joined(separator: "\n"))
    #expect(found.events.count == 8 && summary.duplicates == 3)
    let folder = try ScratchFolder()
    for copy in 0..<6 { try folder.write("a/\(copy).json", Array(DamageTests.records.utf8)) }
    for jobs in [1, 2, 4] {
      let (found, summary) = folder.scan(jobs: jobs)
      #expect(found.events.count == 2 && summary.duplicates == 10 && summary.files == 6)
    }
  }
}

extension Sample {
  static let quotedPut = quoted(put)
}
