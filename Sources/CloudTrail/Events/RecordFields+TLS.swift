// Whether a call came over TLS, told in one way for events that are decoded and for those that are not.

import JSONStream

extension RecordFields {
  /// Whether a record tells the version of TLS that its call was made over.
  ///
  /// "CloudTrail record contents" in the CloudTrail User Guide: `tlsDetails` holds `tlsVersion`, `cipherSuite` and
  /// `clientProvidedHostHeader`, each only where it is known; a host header alone proves nothing.
  ///
  /// - Parameter record: The record.
  /// - Returns: Whether there is a version.
  func tellTLS(_ record: RecordText) -> Bool {
    guard let index = self[.tlsDetails], record[index].kind == .object else { return false }
    let end = record[index].next
    var name = index + 1
    while name < end {
      let value = record[name + 1]
      if value.isString, !value.isAbsent, record.isString(name, "tlsVersion") { return true }
      name = value.next
    }
    return false
  }
}
