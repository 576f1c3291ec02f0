// Digests of members that are needed more than once.

import JSONStream

/// The digests of a record's members by which duplicates are told and which are part of consumers' keys; that of nothing
/// where a member is absent, `null` or empty.
struct FieldDigests {
  let source: JSONDigest
  let name: JSONDigest
  let region: JSONDigest
  let errorCode: JSONDigest
  let errorMessage: JSONDigest
  /// The digest of source, name and region together.
  let call: JSONDigest

  /// Works out the digests.
  ///
  /// - Parameters:
  ///   - record: The record.
  ///   - fields: The record's fields.
  init(_ record: RecordText, _ fields: RecordFields) {
    source = record.digest(of: fields[.eventSource])
    name = record.digest(of: fields[.eventName])
    region = record.digest(of: fields[.awsRegion])
    errorCode = record.digest(of: fields[.errorCode])
    errorMessage = record.digest(of: fields[.errorMessage])
    call = source.following(name.following(region))
  }
}
