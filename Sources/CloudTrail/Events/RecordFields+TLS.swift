// Whether a call came over TLS, told in one way for events that are decoded and for those that are not.

import JSONStream

extension RecordFields {
  /// Whether a record tells the version of TLS that its call was made over.
  ///
  /// "CloudTrail record contents" in the CloudTrail User Guide: `tlsDetails` holds `tlsVersion`, `cipherSuite` and
  /// `clientProvidedHostHeader`, each only where it is known; a host header alone proves nothing.
  ///
  /// - Parameters:
  ///   - nodes: The nodes of the record's tape.
  ///   - text: The text of the tape.
  /// - Returns: Whether there is a version; `false` where its name is written with escapes, which AWS does not do.
  func tellTLS(_ nodes: UnsafeBufferPointer<JSONTape.Node>, _ text: UnsafeRawBufferPointer) -> Bool {
    guard let index = self[.tlsDetails] else { return false }
    // All offsets come from the tape, which has checked them against this text.
    let details = unsafe nodes[index]
    guard details.kind == .object else { return false }
    var name = index + 1
    while name < details.next {
      let value = unsafe nodes[name + 1]
      if value.isString, !value.isAbsent, unsafe nodes[name].isName("tlsVersion", text) { return true }
      name = value.next
    }
    return false
  }
}

extension JSONTape.Node {
  /// Whether a node is a string of some letters, written without escapes.
  fileprivate func isName(_ letters: StaticString, _ text: UnsafeRawBufferPointer) -> Bool {
    guard isString, !hasEscapes, end - start - 2 == letters.utf8CodeUnitCount else { return false }
    return unsafe text[start + 1..<end - 1].elementsEqual(
      UnsafeBufferPointer(start: letters.utf8Start, count: letters.utf8CodeUnitCount))
  }
}
