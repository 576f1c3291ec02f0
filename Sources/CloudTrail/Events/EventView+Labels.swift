// Events with the names in them taken out (`NameLabels`).

package import JSONStream

extension EventView {
  /// Takes a field apart.
  ///
  /// - Parameters:
  ///   - field: The field.
  ///   - labels: What it is added to.
  package func append(_ field: RecordField, to labels: inout NameLabels) {
    guard let index = index(field) else { return labels.append(nil) }
    unsafe labels.append(index, nodes, text)
  }

  /// The fields that decide which permissions a call needed.
  ///
  /// With the name of each and a colon; the cases of these fields are called as the fields are.
  private static let resolvedFields = [
    RecordField.eventSource, .eventName, .eventType, .eventCategory, .awsRegion, .recipientAccountId,
    .userIdentity, .sourceIPAddress, .vpcEndpointId, .errorCode, .errorMessage, .resources,
    .requestParameters, .responseElements, .additionalEventData,
  ].map { (field: $0, name: Array("\"\($0)\":".utf8)) }

  /// The event under other names, or `nil` where that makes no event.
  ///
  /// Names are replaced wherever they stand; fields that decide nothing about permissions are left out.
  ///
  /// - Parameters:
  ///   - labels: The labels that are replaced.
  ///   - letters: What they are replaced by, laid out as `NameLabels.allLetters` is.
  /// - Returns: The event.
  package func renamed(_ labels: NameLabels, _ letters: [UInt8]) -> CloudTrailEvent? {
    var record = [UInt8(ascii: "{")]
    for (field, name) in EventView.resolvedFields {
      guard let index = index(of: field) else { continue }
      if record.count > 1 { record.append(UInt8(ascii: ",")) }
      record += name
      unsafe record += text[nodes[index].range]
    }
    record.append(UInt8(ascii: "}"))
    let original = record
    labels.find(in: original.span) { place, number in
      record.replaceSubrange(place, with: letters[labels.range(number)])
    }
    return try? CloudTrailEvent(json: record)
  }

  /// The letters of a field that is a string written without escapes, or `nil`.
  ///
  /// - Parameter field: The field.
  /// - Returns: The text.
  package func plainText(_ field: RecordField) -> String? {
    guard let index = index(field) else { return nil }
    let node = unsafe nodes[index]
    guard node.isString, !node.hasEscapes else { return nil }
    return unsafe String(decoding: text[node.start + 1..<node.end - 1], as: UTF8.self)
  }

  private func index(_ field: RecordField) -> Int? {
    guard let index = index(of: field), unsafe !nodes[index].isAbsent else { return nil }
    return index
  }
}
