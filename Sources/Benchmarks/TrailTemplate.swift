// The text of an event with places in it for what differs from event to event.

/// A text with slots, taken apart once: `"bucketName":"<bucket>"`.
struct TrailTemplate: Sendable {
  /// What fills a slot.
  enum Slot: String, CaseIterable, Sendable {
    // Of the caller.
    case account, region, principalARN, principalName, principalID, session, accessKey, address, agent,
      created
    // Of the event.
    case time, eventID, requestID, extendedID, token, number
    // Resources; each name belongs to the principal, and stands for the same rank all over an event.
    case bucket, objectKey, vpc, subnet, instance, volume, group, kmsKey, table, queue, secret, parameter,
      function
    case logGroup, logStream, role, image, topic, stack, cluster, alarm, network
  }

  /// A part of the text.
  enum Part: Sendable {
    /// What is the same in all events.
    case text([UInt8])
    /// What is not.
    case slot(Slot)
  }

  /// The parts in their order.
  let parts: [Part]

  /// Takes a text apart.
  ///
  /// - Parameter text: The text; what stands in angle brackets is the name of a slot.
  init(_ text: String) {
    var parts: [Part] = []
    for piece in text.split(separator: "<", omittingEmptySubsequences: false) {
      let halves = piece.split(separator: ">", maxSplits: 1, omittingEmptySubsequences: false)
      if halves.count == 2, let slot = Slot(rawValue: String(halves[0])) {
        parts.append(.slot(slot))
        parts.append(.text(Array(halves[1].utf8)))
      } else {
        precondition(parts.isEmpty, "no slot in `\(piece)`")
        parts.append(.text(Array(piece.utf8)))
      }
    }
    self.parts = parts
  }
}

extension TrailTemplate.Slot {
  /// Whether the slot holds the name of a resource.
  var isResource: Bool { number >= TrailTemplate.Slot.bucket.number }

  /// The place of the slot among all.
  var number: Int { TrailTemplate.Slot.numbers[self] ?? 0 }

  private static let numbers = Dictionary(
    uniqueKeysWithValues: allCases.enumerated().map { ($0.element, $0.offset) })

  /// Writes the name of a resource.
  ///
  /// - Parameters:
  ///   - hash: What tells the resource from all others.
  ///   - output: Where the name goes.
  func write(_ hash: UInt64, _ output: inout [UInt8]) {
    func hexadecimal(_ count: Int, _ hash: UInt64) {
      for place in 0..<count {
        let digit =
          UInt8(truncatingIfNeeded: TrailDice.hash(hash, UInt64(place >> 4)) >> UInt64((place & 15) << 2))
          & 15
        output.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
      }
    }
    func name(_ prefix: StaticString, _ suffix: StaticString = "") {
      unsafe output.append(
        contentsOf: UnsafeBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount))
      let word = Self.words[Int(hash >> 8) % Self.words.count]
      output.append(contentsOf: word.utf8)
      output.append(0x2D)
      hexadecimal(4, hash)
      unsafe output.append(
        contentsOf: UnsafeBufferPointer(start: suffix.utf8Start, count: suffix.utf8CodeUnitCount))
    }
    func identifier(_ prefix: StaticString) {
      unsafe output.append(
        contentsOf: UnsafeBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount))
      hexadecimal(17, hash)
    }
    switch self {
    case .bucket: name("example-", "-data")
    case .objectKey: name("raw/2026/11/20/", ".snappy.parquet")
    case .vpc: identifier("vpc-0")
    case .subnet: identifier("subnet-0")
    case .instance: identifier("i-0")
    case .volume: identifier("vol-0")
    case .group: identifier("sg-0")
    case .network: identifier("eni-0")
    case .kmsKey: TrailTemplate.writeUUID(hash, TrailDice.hash(hash), &output)
    case .table: name("orders-")
    case .queue: name("jobs-", ".fifo")
    case .secret: name("prod/", "-AbCdEf")
    case .parameter: name("/app/config/")
    case .function: name("worker-")
    case .logGroup: name("/aws/lambda/")
    case .logStream: name("2026/11/20/[$LATEST]", "0f3c9a7e51d2")
    case .role: name("task-", "-execution")
    case .image: name("team/")
    case .topic: name("events-")
    case .stack: name("app-")
    case .cluster: name("cluster-")
    case .alarm: name("errors-")
    default: break
    }
  }

  private static let words = [
    "checkout", "billing", "ingest", "search", "etl", "deploy", "monitor", "backup", "media", "auth",
    "report", "stream",
    "cache", "gateway", "ledger", "notify", "batch", "export",
  ]
}

extension TrailTemplate {
  /// Writes a random UUID, of version 4.
  ///
  /// - Parameters:
  ///   - high: What the first half is made from.
  ///   - low: What the second half is made from.
  ///   - output: Where it goes.
  static func writeUUID(_ high: UInt64, _ low: UInt64, _ output: inout [UInt8]) {
    let high = high & ~0xF000 | 0x4000
    let low = low & ~(3 << 62) | 1 << 63
    for place in 0..<32 {
      if [8, 12, 16, 20].contains(place) { output.append(0x2D) }
      let word = place < 16 ? high : low
      let digit = UInt8(truncatingIfNeeded: word >> UInt64((15 - place & 15) << 2)) & 15
      output.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
    }
  }
}
