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
  private static let userIDName = JSONNames(["userId"])
  private static let mfaName = JSONNames(["mfaAuthenticated"])

  /// Finds the parts; the last of several duplicates wins.
  ///
  /// - Parameters:
  ///   - record: The record.
  ///   - index: The index of the identity.
  init(_ record: RecordText, at index: Int) {
    var places = [10 of UInt32](repeating: 0)
    record.find(IdentityFields.names, in: index, &places)
    func found(_ number: Int) -> Int? { places[number] == 0 ? nil : Int(places[number]) }
    type = found(0)
    principalID = found(1)
    arn = found(2)
    accountID = found(3)
    accessKeyID = found(4)
    userName = found(5)
    invokedBy = found(6)
    identityProvider = found(7)
    onBehalfOfUserID = found(8).flatMap { record.value(of: IdentityFields.userIDName, in: $0) }
    guard let context = found(9) else { return }
    record.find(IdentityFields.contextNames, in: context, &places)
    let issuer = found(0)
    mfaAuthenticated = found(1).flatMap { record.value(of: IdentityFields.mfaName, in: $0) }
    sourceIdentity = found(2)
    guard let issuer else { return }
    record.find(IdentityFields.issuerNames, in: issuer, &places)
    issuerType = found(0)
    issuerARN = found(1)
    issuerAccountID = found(2)
    issuerUserName = found(3)
  }

  /// The digest of what decides the principal: sessions of one issuer are alike.
  ///
  /// - Parameter record: The record.
  /// - Returns: The digest.
  func digest(_ record: RecordText) -> JSONDigest {
    var digest = JSONDigest.empty
    func add(_ index: Int?, _ tag: UInt64) {
      guard let index, !record[index].isAbsent else { return }
      digest.add(record.digest(of: index).tagged(tag))
    }
    add(type, 1)
    add(invokedBy, 2)
    if let issuerARN, !record[issuerARN].isAbsent {
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

  /// The key of all parts but those that tell sessions of one caller apart, as ``EventView/callerKey`` says.
  ///
  /// - Parameter record: The record.
  /// - Returns: The key.
  func callerKey(_ record: RecordText) -> JSONDigest {
    var key = JSONDigest.empty
    func add(_ index: Int?, _ tag: UInt64) {
      guard let index, !record[index].isAbsent else { return }
      key.add(record.key(of: index).tagged(tag))
    }
    let role = arn.flatMap { record.roleBeforeSession(at: $0) }
    if let role {
      key.add(role.tagged(1))
    } else {
      add(arn, 2)
    }
    // Behind the id of a role stands the session's name again.
    if role != nil, let principalID, let id = record.idBeforeSession(at: principalID) {
      key.add(id.tagged(3))
    } else {
      add(principalID, 4)
    }
    add(type, 5)
    add(accountID, 6)
    add(userName, 7)
    add(invokedBy, 8)
    add(identityProvider, 9)
    add(onBehalfOfUserID, 10)
    add(issuerType, 11)
    add(issuerARN, 12)
    add(issuerAccountID, 13)
    add(issuerUserName, 14)
    add(mfaAuthenticated, 15)
    add(sourceIdentity, 16)
    return key
  }
}

extension RecordText {
  /// The key of a session's ARN as far as the slash before the session's name, or `nil` for any other value.
  ///
  /// The name must have letters, digits and `_+=,.@-` only (`RoleSessionName` of `AssumeRole` in the API reference of
  /// STS), so that it bears on nothing that is made of the rest.
  fileprivate func roleBeforeSession(at index: Int) -> JSONDigest? {
    let node = self[index]
    guard node.isString, !node.hasEscapes else { return nil }
    let marker: StaticString = ":assumed-role/"
    let (start, end) = (node.start + 1, node.end - 1)
    // Reads are guarded by `end`, which lies in the text, and the marker's by its length.
    var place = start
    while place + marker.utf8CodeUnitCount < end {
      if unsafe text[place] == UInt8(ascii: ":"),
        (0..<marker.utf8CodeUnitCount).allSatisfy({ unsafe text[place + $0] == marker.utf8Start[$0] })
      {
        guard
          let slash = (place + marker.utf8CodeUnitCount..<end).first(where: {
            unsafe text[$0] == UInt8(ascii: "/")
          }), slash + 1 < end, isSessionName(slash + 1..<end)
        else { return nil }
        return unsafe JSONDigest(text, start..<slash + 1)
      }
      place += 1
    }
    return nil
  }

  /// The key of a principal id as far as the colon before a session's name, or `nil` for any other value.
  fileprivate func idBeforeSession(at index: Int) -> JSONDigest? {
    let node = self[index]
    guard node.isString, !node.hasEscapes,
      let colon = (node.start + 1..<node.end - 1).first(where: { unsafe text[$0] == UInt8(ascii: ":") }),
      isSessionName(colon + 1..<node.end - 1)
    else { return nil }
    return unsafe JSONDigest(text, node.start + 1..<colon + 1)
  }

  private func isSessionName(_ range: Range<Int>) -> Bool {
    range.allSatisfy { place in
      switch unsafe text[place] {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "="),
        UInt8(ascii: ","), UInt8(ascii: "."), UInt8(ascii: "@"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
  }
}
