// The members of `userIdentity`, found in one pass over each of its objects.

import IAM
import JSONStream

/// A part of an identity, or of an object in it, that a reader looks at; by its number in the room of `IdentityFields`.
enum IdentityField: Int, CaseIterable {
  // In the order of the names below.
  case type, principalID, arn, accountID, accessKeyID, userName, invokedBy, identityProvider
  case onBehalfOf, sessionContext
  case sessionIssuer, attributes, sourceIdentity
  case issuerType, issuerARN, issuerAccountID, issuerUserName
  case onBehalfOfUserID
  case mfaAuthenticated
}

/// Where the parts of one identity stand in a tape, good as long as the fields of its record.
///
/// The places are in memory of whoever asked for the fields of the record, behind theirs.
@safe struct IdentityFields {
  /// How many places there are.
  static let count = IdentityField.allCases.count

  /// The index of each part by raw value, 0 where the record has none.
  private let places: UnsafePointer<UInt32>

  /// Names, with the part whose place is that of the first of them.
  private typealias Names = (names: JSONNames, first: IdentityField)

  private static let members: Names = (
    JSONNames([
      "type", "principalId", "arn", "accountId", "accessKeyId", "userName", "invokedBy", "identityProvider",
      "onBehalfOf", "sessionContext",
    ]), .type
  )
  private static let contextMembers: Names = (
    JSONNames(["sessionIssuer", "attributes", "sourceIdentity"]), .sessionIssuer
  )
  private static let issuerMembers: Names = (
    JSONNames(["type", "arn", "accountId", "userName"]), .issuerType
  )
  private static let userMembers: Names = (JSONNames(["userId"]), .onBehalfOfUserID)
  private static let attributeMembers: Names = (JSONNames(["mfaAuthenticated"]), .mfaAuthenticated)

  /// Finds the parts; the last of several duplicates wins.
  ///
  /// - Parameters:
  ///   - record: The record.
  ///   - index: The index of the identity.
  ///   - room: Where the places are kept, with room for ``count`` of them.
  init(_ record: RecordText, at index: Int, _ room: UnsafeMutablePointer<UInt32>) {
    // Each set of names has as much room as there are parts with its names.
    func find(_ members: Names, in index: Int) {
      unsafe record.find(members.names, in: index, room + members.first.rawValue)
    }
    func find(_ members: Names, in field: IdentityField) {
      let index = unsafe room[field.rawValue]
      if index != 0 { find(members, in: Int(index)) }
    }
    unsafe room.update(repeating: 0, count: IdentityFields.count)
    find(IdentityFields.members, in: index)
    find(IdentityFields.userMembers, in: .onBehalfOf)
    find(IdentityFields.contextMembers, in: .sessionContext)
    find(IdentityFields.attributeMembers, in: .attributes)
    find(IdentityFields.issuerMembers, in: .sessionIssuer)
    unsafe places = UnsafePointer(room)
  }

  /// Takes places that were found before.
  ///
  /// - Parameter room: Where they are kept.
  init(found room: UnsafeMutablePointer<UInt32>) { unsafe places = UnsafePointer(room) }

  /// The index of a part, or `nil` where the record has none.
  @inline(__always)
  subscript(field: IdentityField) -> Int? {
    // There is a place for each case.
    let index = unsafe places[field.rawValue]
    return index == 0 ? nil : Int(index)
  }

  /// The digest of what decides the principal: sessions of one issuer are alike.
  ///
  /// - Parameter record: The record.
  /// - Returns: The digest.
  func digest(_ record: RecordText) -> JSONDigest {
    var digest = JSONDigest.empty
    func add(_ field: IdentityField, _ tag: UInt64) {
      guard let index = self[field], !record[index].isAbsent else { return }
      digest.add(record.digest(of: index).tagged(tag))
    }
    add(.type, 1)
    add(.invokedBy, 2)
    if let issuer = self[.issuerARN], !record[issuer].isAbsent {
      add(.issuerARN, 3)
      return digest
    }
    add(.arn, 4)
    add(.accountID, 5)
    add(.principalID, 6)
    add(.userName, 7)
    add(.identityProvider, 8)
    add(.onBehalfOfUserID, 9)
    return digest
  }

  /// The key of all parts but those that tell sessions of one caller apart, as ``IdentityView/callerKey`` says.
  ///
  /// - Parameter record: The record.
  /// - Returns: The key.
  func callerKey(_ record: RecordText) -> JSONDigest {
    var key = JSONDigest.empty
    func add(_ field: IdentityField, _ tag: UInt64) {
      guard let index = self[field], !record[index].isAbsent else { return }
      key.add(record.key(of: index).tagged(tag))
    }
    let role = self[.arn].flatMap { record.roleBeforeSession(at: $0) }
    if let role {
      key.add(role.tagged(1))
    } else {
      add(.arn, 2)
    }
    // Behind the id of a role stands the session's name again.
    if role != nil, let principal = self[.principalID], let id = record.idBeforeSession(at: principal) {
      key.add(id.tagged(3))
    } else {
      add(.principalID, 4)
    }
    add(.type, 5)
    add(.accountID, 6)
    add(.userName, 7)
    add(.invokedBy, 8)
    add(.identityProvider, 9)
    add(.onBehalfOfUserID, 10)
    add(.issuerType, 11)
    add(.issuerARN, 12)
    add(.issuerAccountID, 13)
    add(.issuerUserName, 14)
    add(.mfaAuthenticated, 15)
    add(.sourceIdentity, 16)
    return key
  }
}

extension RecordText {
  /// The key of a session's ARN as far as the slash before the session's name, or `nil` for any other value.
  ///
  /// The name must have letters, digits and `_+=,.@-` only (`RoleSessionName` of `AssumeRole` in the API reference of
  /// STS), so that it bears on nothing that is made of the rest.
  fileprivate func roleBeforeSession(at index: Int) -> JSONDigest? {
    guard let arn = unsafe plainLetters(of: self[index])?.span, let name = SessionARN.nameOfSession(in: arn),
      name < arn.count, RecordText.isSessionName(arn.extracting(name...))
    else { return nil }
    return JSONDigest(arn.extracting(..<name))
  }

  /// The key of a principal id as far as the colon before a session's name, or `nil` for any other value.
  fileprivate func idBeforeSession(at index: Int) -> JSONDigest? {
    guard let id = unsafe plainLetters(of: self[index])?.span, let colon = id.offset(of: UInt8(ascii: ":")),
      RecordText.isSessionName(id.extracting((colon + 1)...))
    else { return nil }
    return JSONDigest(id.extracting(...colon))
  }

  private static func isSessionName(_ name: Span<UInt8>) -> Bool {
    for place in name.indices {
      switch name[place] {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "="),
        UInt8(ascii: ","), UInt8(ascii: "."), UInt8(ascii: "@"), UInt8(ascii: "-"):
        continue
      default: return false
      }
    }
    return true
  }
}
