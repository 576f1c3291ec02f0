// Who used a role: whose names count, and the laws of the bounded record.

import CloudTrail
import IAM
import TestSupport
import Testing

@testable import Usage

@Suite("People behind roles")
struct RoleUsersTests {
  private static func isPersons(_ name: String, isIdentityCenter: Bool = false) -> Bool {
    SessionName.isPersons(name.utf8.span, isIdentityCenter: isIdentityCenter)
  }

  @Test(
    "Names and mail addresses are people's",
    arguments: [
      "alice", "Alice.Smith", "bob-jones", "m_mustermann", "jdoe42", "carol@example.com", "1234@example.com",
      "zo\u{eb}", "JaneDoe",
    ])
  func people(name: String) { #expect(Self.isPersons(name)) }

  @Test(
    "Ids, made-up names and names of tools are not",
    arguments: [
      "i-0123456789abcdef0", "i-12345678", "mi-0123456789abcdef0", "0123456789abcdef0123456789abcdef",
      "botocore-session-1700000000", "aws-sdk-js-session-1700000000123", "1700000000123456789",
      "6f9619ff-8b86-d011-b42d-00c04fc964ff", "GitHubActions", "github-actions", "AWSCloudFormation",
      "terraform",
      "AssumeRoleSession", "StepFunctions", "codebuild-photos", "ci", "photosLambda", "x", "", "@", "a@b",
      "deploy.prod",
      "AutoScaling", "Session7", "a b",
    ])
  func machines(name: String) { #expect(!Self.isPersons(name)) }

  /// Law: what is told from bytes is what is told from the words of a name, as texts.
  @Test("A name is judged by its words, whatever stands between them", arguments: UInt64(1)...40)
  func words(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let parts = [
      "aws", "Aws", "AWS", "aW", "s", "ci", "CI", "Ci", "role", "Role", "boto3", "k8s", "K8s", "ec2", "jane",
      "Jane",
      "DOE", "doe", "x", "X", "7", "42", "2026", "i", "mi", "0a1b2c3d", "stepFunctions", "Step", "functions",
      "supercalifragilistic", "-", "_", ".", "@", ".com", "+", " ", "",
    ]
    for _ in 0..<300 {
      let name = (0..<Int.random(in: 1...5, using: &random)).map { _ in random.pick(parts) ?? "" }.joined()
      let isIdentityCenter = random.chance(0.1)
      #expect(
        Self.isPersons(name, isIdentityCenter: isIdentityCenter)
          == TextJudge.isPersons(name, isIdentityCenter: isIdentityCenter), "seed \(seed): \(name)")
    }
  }

  @Test("A person has one digest, which nobody else has")
  func digests() throws {
    let identities = [
      try Self.identity(session: "bob"), try Self.identity(session: "bob", source: "alice"),
      try Self.identity(session: "alice"), try Self.identity(user: "alice"), try Self.identity(),
      try Self.identity(session: "jane", source: "alice"), try Self.identity(role: "dev", session: "bob"),
    ]
    for one in identities {
      for other in identities {
        #expect(
          (RoleUser.digest(of: one) == RoleUser.digest(of: other)) == (RoleUser(one) == RoleUser(other)))
      }
    }
  }

  private static func identity(
    role: String = "ops", session: String = "i-0123456789abcdef0", source: String? = nil, user: String? = nil
  ) throws -> UserIdentity {
    let source = source.map { #""sourceIdentity":"\#($0)","# } ?? ""
    let user = user.map { #","onBehalfOf":{"userId":"\#($0)"}"# } ?? ""
    return try CloudTrailEvent(
      json: """
        {"eventTime":"2026-11-20T10:00:00Z","eventSource":"s3.amazonaws.com","eventName":"ListBuckets",\
        "userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/\(role)/\(session)",\
        "sessionContext":{\(source)"sessionIssuer":{"type":"Role","userName":"\(role)"}}\(user)}}
        """
    ).userIdentity
  }

  @Test(
    "A source identity comes before the session's name, and a machine's session may have a user of Identity Center"
  )
  func evidence() throws {
    #expect(
      RoleUser(try Self.identity(session: "bob", source: "alice"))
        == RoleUser(evidence: .sourceIdentity, name: "alice"))
    #expect(
      RoleUser(try Self.identity(session: "bob", user: "1-2-3")) == RoleUser(evidence: .session, name: "bob"))
    #expect(
      RoleUser(try Self.identity(user: "1-2-3")) == RoleUser(evidence: .identityCenterUser, name: "1-2-3"))
    #expect(RoleUser(try Self.identity()) == nil)
    // The sessions of Identity Center's roles have the names of users, whatever those look like.
    #expect(
      RoleUser(try Self.identity(role: "AWSReservedSSO_Admin_0123456789abcdef", session: "service7"))
        == RoleUser(evidence: .session, name: "service7"))
  }

  @Test("What was refused is nobody's use, and users of IAM have no sessions")
  func onlyUse() throws {
    var ledger = UsageLedger()
    let resolver = ActionResolver()
    for (name, error) in [("ListBuckets", ""), ("CreateBucket", #","errorCode":"AccessDenied""#)] {
      for identity in [
        #"{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/ops/alice"}"#,
        #"{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/alice"}"#,
      ] {
        let event = try CloudTrailEvent(
          json: """
            {"eventTime":"2026-11-20T10:00:00Z","eventSource":"s3.amazonaws.com","eventName":"\(name)",\
            "requestParameters":{"bucketName":"b"},"userIdentity":\(identity)\(error)}
            """)
        ledger.record(event, resolver.resolve(event))
      }
    }
    let users = ledger.principals.filter { !$0.value.users.entries.isEmpty }
    #expect(users.keys.map(\.identifier) == ["arn:aws:iam::111122223333:role/ops"])
    let entries = users.values.flatMap(\.users.entries)
    #expect(entries.map(\.user) == [RoleUser(evidence: .session, name: "alice")])
    #expect(entries.first?.actions.elements == ["s3:ListAllMyBuckets"])
  }

  @Test(
    "The record is that of the set of uses, for any order and partition, beyond its bounds too",
    arguments: UInt64(1)...12)
  func bounded(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let uses = (0..<3_000).map { _ in
      (
        // A few people have more actions than are kept, and there are more people than are kept.
        user: RoleUser(
          evidence: RoleUser.Evidence.allCases.randomElement(using: &random) ?? .session,
          name: "user\(Bool.random(using: &random) ? 0 : Int.random(in: 0..<90, using: &random))"),
        action: "s3:Action\(Int.random(in: 0..<400, using: &random))"
      )
    }
    func record(_ uses: some Sequence<(user: RoleUser, action: String)>) -> RoleUsers {
      var users = RoleUsers()
      for use in uses { users.insert(use.action, by: use.user) }
      return users
    }
    let whole = record(uses)
    // The oracle: sort all, keep the first.
    let actions = Dictionary(grouping: uses, by: \.user).mapValues { uses in
      Set(uses.map(\.action)).sorted { $0.precedes($1) }
    }
    let kept = actions.keys.sorted().prefix(RoleUsers.userLimit)
    #expect(whole.entries.map(\.user) == Array(kept), "seed \(seed)")
    #expect(
      whole.entries.map(\.actions.elements)
        == kept.map { Array((actions[$0] ?? []).prefix(RoleUsers.actionLimit)) },
      "seed \(seed)")
    #expect(whole.overflowed, "seed \(seed)")
    #expect(record(uses.shuffled(using: &random)) == whole, "seed \(seed)")
    var parts = record(uses[..<1_000])
    parts.formUnion(record(uses[1_000...]))
    #expect(parts == whole, "seed \(seed)")
    var twice = whole
    twice.formUnion(whole)
    #expect(twice == whole, "seed \(seed)")
  }
}

/// Judges the names of sessions by their words as texts.
private enum TextJudge {
  static func isPersons(_ name: String, isIdentityCenter: Bool) -> Bool {
    if isIdentityCenter { return !name.isEmpty }
    let parts = name.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2 { return !parts[0].isEmpty && parts[1].contains(".") }
    let letters = name.unicodeScalars
    guard letters.count > 1, let first = letters.first, isLetter(first), letters.count(where: isDigit) <= 4,
      letters.allSatisfy({ isLetter($0) || isDigit($0) || "._-".unicodeScalars.contains($0) })
    else { return false }
    let words = words(of: letters)
    return !isInstance(name) && words.first?.hasPrefix("aws") == false
      && words.allSatisfy { !SessionName.machineWords.contains($0) }
  }

  private static func isInstance(_ name: String) -> Bool {
    let rest = name.hasPrefix("mi-") ? name.dropFirst(3) : name.hasPrefix("i-") ? name.dropFirst(2) : ""
    return rest.count >= 8 && rest.allSatisfy { "0123456789abcdef".contains($0) }
  }

  private static func words(of letters: String.UnicodeScalarView) -> [String] {
    var words: [String] = []
    for whole in letters.split(whereSeparator: { !isLetter($0) && !isDigit($0) }) {
      var parts = [String.UnicodeScalarView()]
      var last: Unicode.Scalar?
      for letter in whole {
        if let last, letter.properties.isUppercase, letter.isASCII, !last.properties.isUppercase {
          parts.append(.init())
        }
        parts[parts.count - 1].append(letter)
        last = letter
      }
      // The first word is the one before the first capital.
      for word in [parts[0]] + [String.UnicodeScalarView(whole)] + parts.dropFirst() {
        let text = String(word).lowercased()
        words.append(text)
        let digits = word.reversed().prefix(while: isDigit).count
        if digits > 0, digits < word.count { words.append(String(text.unicodeScalars.dropLast(digits))) }
      }
    }
    return words
  }

  private static func isLetter(_ letter: Unicode.Scalar) -> Bool {
    !letter.isASCII || letter.properties.isAlphabetic
  }

  private static func isDigit(_ letter: Unicode.Scalar) -> Bool { ("0"..."9").contains(letter) }
}
