// The members of `userIdentity`, found in one pass over each of its objects.

import JSONStream

/// Where the parts of one identity stand in a tape; `nil` where the record has none.
struct IdentityFields {
  var type, principalID, arn, accountID, accessKeyID, userName, invokedBy, identityProvider: Int?
  var onBehalfOfUserID, sourceIdentity, mfaAuthenticated: Int?
  var issuerType, issuerARN, issuerAccountID, issuerUserName: Int?

  private static let names = JSONNames([
    "type", "principalId", "arn", "accountId", "accessKeyId", "userName", "invokedBy", "identityProvider",
    "onBehalfOf", "sessionContext",
  ])
  private static let contextNames = JSONNames(["sessionIssuer", "attributes", "sourceIdentity"])
  private static let issuerNames = JSONNames(["type", "arn", "accountId", "userName"])

  /// Finds the parts; the last of several duplicates wins.
  ///
  /// - Parameters:
  ///   - tape: The tape.
  ///   - index: The index of the identity.
  ///   - bytes: The text of the tape.
  ///   - places: Room to work in, so that none is made for each identity.
  init(_ tape: JSONTape, at index: Int, _ bytes: Span<UInt8>, _ places: inout [UInt32]) {
    tape.find(IdentityFields.names, in: index, bytes, into: &places)
    func found(_ number: Int) -> Int? { places[number] == 0 ? nil : Int(places[number]) }
    type = found(0)
    principalID = found(1)
    arn = found(2)
    accountID = found(3)
    accessKeyID = found(4)
    userName = found(5)
    invokedBy = found(6)
    identityProvider = found(7)
    onBehalfOfUserID = found(8).flatMap { tape.value(of: "userId", in: $0, bytes) }
    guard let context = found(9) else { return }
    tape.find(IdentityFields.contextNames, in: context, bytes, into: &places)
    let issuer = found(0)
    mfaAuthenticated = found(1).flatMap { tape.value(of: "mfaAuthenticated", in: $0, bytes) }
    sourceIdentity = found(2)
    guard let issuer else { return }
    tape.find(IdentityFields.issuerNames, in: issuer, bytes, into: &places)
    issuerType = found(0)
    issuerARN = found(1)
    issuerAccountID = found(2)
    issuerUserName = found(3)
  }

  /// The digest of what decides the principal: sessions of one issuer are alike.
  ///
  /// - Parameters:
  ///   - tape: The tape.
  ///   - bytes: The text of the tape.
  /// - Returns: The digest.
  func digest(_ tape: JSONTape, _ bytes: Span<UInt8>) -> JSONDigest {
    var digest = JSONDigest.empty
    func add(_ index: Int?, _ tag: UInt64) {
      guard let index, !tape.isAbsent(index) else { return }
      digest.add(tape.digest(of: index, bytes).tagged(tag))
    }
    add(type, 1)
    add(invokedBy, 2)
    if let issuerARN, !tape.isAbsent(issuerARN) {
      add(issuerARN, 3)
      return digest
    }
    add(arn, 4)
    add(accountID, 5)
    add(principalID, 6)
    add(userName, 7)
    add(identityProvider, 8)
    add(onBehalfOfUserID, 9)
    return digest
  }
}
