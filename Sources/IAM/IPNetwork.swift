// Internet addresses and networks for the IP address condition operators, parsed without the system's resolver.

/// An IPv4 or IPv6 network in CIDR form; a single address is the network of all its bits.
///
/// IPv4 addresses mapped into IPv6 (`::ffff:203.0.113.9`) are the IPv4 address that they carry, so that a dual-stack
/// endpoint's notation does not slip through an IPv4 condition. An IPv4 network and an IPv6 network never
/// overlap otherwise. See "IP address condition operators" in the IAM User Guide; a bare address stands for itself.
public struct IPNetwork: Hashable, Sendable, CustomStringConvertible {
  /// Whether this is an IPv4 network.
  public let isIPv4: Bool
  /// The first address, right-aligned.
  ///
  /// 32 bits for IPv4, 128 for IPv6; bits behind the prefix are zero.
  public let address: UInt128
  /// How many leading bits all addresses of the network share.
  public let prefixLength: Int

  /// Parses `203.0.113.0/24`, `2001:db8::/32` or a bare address, or returns `nil` where the text is neither.
  ///
  /// Bits behind the prefix are dropped: `10.1.2.3/8` is `10.0.0.0/8`.
  ///
  /// - Parameter text: The text, without surrounding white space.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    let slash = bytes.firstIndex(of: UInt8(ascii: "/"))
    let first = bytes[..<(slash ?? bytes.count)]
    var bits: UInt128
    var width = 32
    if let address = IPNetwork.parseIPv4(first) {
      bits = UInt128(address)
    } else if let address = IPNetwork.parseIPv6(first) {
      bits = address
      width = 128
    } else {
      return nil
    }
    var length = width
    if let slash {
      guard let value = IPNetwork.parseDecimal(bytes[(slash + 1)...], limit: width) else { return nil }
      length = value
    }
    if width == 128, length >= 96, bits >> 32 == 0xFFFF {
      bits &= 0xFFFF_FFFF
      width = 32
      length -= 96
    }
    let hostBits = width - length
    isIPv4 = width == 32
    address = hostBits == 128 ? 0 : (bits >> UInt128(hostBits)) << UInt128(hostBits)
    prefixLength = length
  }

  /// Whether the network is a single address.
  public var isAddress: Bool { prefixLength == (isIPv4 ? 32 : 128) }

  /// Whether every address of `other` lies in this network.
  ///
  /// - Parameter other: A network or address.
  /// - Returns: Whether it lies inside.
  public func contains(_ other: IPNetwork) -> Bool {
    guard isIPv4 == other.isIPv4, prefixLength <= other.prefixLength else { return false }
    let hostBits = (isIPv4 ? 32 : 128) - prefixLength
    return hostBits == 128 || address >> UInt128(hostBits) == other.address >> UInt128(hostBits)
  }

  /// The network in CIDR form, IPv6 addresses with all eight groups.
  public var description: String {
    let text =
      isIPv4
      ? [24, 16, 8, 0].map { String(address >> UInt128($0) & 0xFF) }.joined(separator: ".")
      : (0..<8).reversed().map { String(address >> UInt128($0 * 16) & 0xFFFF, radix: 16) }.joined(
        separator: ":")
    return "\(text)/\(prefixLength)"
  }

  private static func parseIPv4(_ text: ArraySlice<UInt8>) -> UInt32? {
    var address: UInt32 = 0
    var rest = text
    for octet in 0..<4 {
      let end = rest.firstIndex(of: UInt8(ascii: ".")) ?? rest.endIndex
      // A leading zero is refused: some read it as octal.
      guard let value = parseDecimal(rest[..<end], limit: 255), (end == rest.endIndex) == (octet == 3) else {
        return nil
      }
      address = address << 8 | UInt32(value)
      rest = rest[end...].dropFirst()
    }
    return address
  }

  /// One to three digits without a leading zero, up to a limit.
  private static func parseDecimal(_ digits: ArraySlice<UInt8>, limit: Int) -> Int? {
    guard (1...3).contains(digits.count), digits.count == 1 || digits.first != UInt8(ascii: "0") else {
      return nil
    }
    var value = 0
    for digit in digits {
      guard digit &- 0x30 < 10 else { return nil }
      value = value * 10 + Int(digit - 0x30)
    }
    return value <= limit ? value : nil
  }

  /// Eight groups of up to four hexadecimal digits, one run of zero groups written `::`, the last two groups
  /// perhaps as an IPv4 address.
  private static func parseIPv6(_ bytes: ArraySlice<UInt8>) -> UInt128? {
    let colon = UInt8(ascii: ":")
    let gaps = bytes.indices.dropLast().filter { bytes[$0] == colon && bytes[$0 + 1] == colon }
    guard gaps.count <= 1 else { return nil }
    guard let gap = gaps.first else {
      guard let groups = parseGroups(bytes), groups.count == 8 else { return nil }
      return join(groups)
    }
    guard let head = parseGroups(bytes[..<gap], mayEndInIPv4: false),
      let tail = parseGroups(bytes[(gap + 2)...]),
      head.count + tail.count < 8
    else { return nil }
    return join(head + repeatElement(0, count: 8 - head.count - tail.count) + tail)
  }

  private static func join(_ groups: [UInt16]) -> UInt128 { groups.reduce(0) { $0 << 16 | UInt128($1) } }

  /// The groups between single colons; none for an empty text.
  private static func parseGroups(_ text: ArraySlice<UInt8>, mayEndInIPv4: Bool = true) -> [UInt16]? {
    if text.isEmpty { return [] }
    var values: [UInt16] = []
    let groups = text.split(separator: UInt8(ascii: ":"), maxSplits: 8, omittingEmptySubsequences: false)
    for (index, group) in groups.enumerated() {
      if mayEndInIPv4, index == groups.count - 1, let address = parseIPv4(group) {
        values += [UInt16(truncatingIfNeeded: address >> 16), UInt16(truncatingIfNeeded: address)]
        continue
      }
      guard (1...4).contains(group.count) else { return nil }
      var value: UInt16 = 0
      for byte in group {
        guard let digit = hexadecimalValue(byte) else { return nil }
        value = value << 4 | UInt16(digit)
      }
      values.append(value)
    }
    return values
  }

  private static func hexadecimalValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
