// What the parser reads, what it refuses, and where it says the fault is.

import TestSupport
import Testing

@testable import IAM

@Suite struct PolicyParserTests {
  static func statement(_ members: String) -> String {
    #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{\#(members)}]}"#
  }

  /// A document with `¦` where the fault is to be found.
  @Test(
    arguments: [
      ("¦", .malformedJSON, ""), ("{¦", .malformedJSON, ""), ("{}¦x", .malformedJSON, ""),
      ("¦[]", .wrongType, ""),
      ("{\n  \"Statement\": ¦7\n}", .wrongType, "Statement"), ("¦{}", .missingElement, ""),
      (#"{"Statement":[],"Version":¦"2012-10-16"}"#, .invalidValue, "Version"),
      (#"{¦"é":1,"Statement":[]}"#, .unknownElement, ""), (#"{"Id":"é",¦"é":1}"#, .unknownElement, ""),
      (#"{"Statement":[],¦"statement":[]}"#, .unknownElement, ""),
      (#"{"Statement":[],¦"Statement":[]}"#, .duplicateElement, ""),
      (#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},¦null]}"#, .wrongType, "Statement[1]"),
      (#"{"Statement":[¦{}]}"#, .missingElement, "Statement[0]"),
      (statement(#""Effect":¦"allow","Action":"*""#), .invalidValue, "Statement[1].Effect"),
      (#"{"Statement":¦{"Effect":"Deny"}}"#, .missingElement, "Statement"),
      (
        statement(#""Effect":"Deny","Action":"*","NotAction":¦"*""#), .conflictingElements, "Statement[1]"
      ),
      (statement(#""Effect":"Deny","Action":"*",¦"Effect":"Deny""#), .duplicateElement, "Statement[1]"),
      (statement(#""Effect":"Deny","Action":¦{"a":1}"#), .wrongType, "Statement[1].Action"),
      (statement(#""Effect":"Deny","Action":["a:b",¦"ab"]"#), .invalidAction, "Statement[1].Action[1]"),
      (
        statement(#""Effect":"Deny","Action":"*","Resource":["arn:aws:s3:::b",¦"s3"]"#), .invalidARN,
        "Statement[1].Resource[1]"
      ),
      (
        statement(#""Effect":"Deny","Action":"*","Condition":{¦"StringIs":{"a":"b"}}"#), .unknownOperator,
        "Statement[1].Condition.StringIs"
      ),
      (
        statement(#""Effect":"Deny","Action":"*","Condition":{"Bool":{"a":[true,¦null]}}"#), .wrongType,
        "Statement[1].Condition.Bool.a[1]"
      ),
      (
        statement(#""Effect":"Deny","Action":"*","Principal":{"AWS":¦"12345"}"#), .invalidPrincipal,
        "Statement[1].Principal.AWS"
      ),
      (
        statement(#""Effect":"Deny","Action":"*","Principal":{¦"aws":"*"}"#), .unknownElement,
        "Statement[1].Principal"
      ),
      (String(repeating: "[", count: 16) + "¦[", .tooLarge, ""), ("%7B¦%2", .malformedJSON, ""),
    ] as [(String, PolicyError.Code, String)])
  func faultsAreFoundWhereTheyAre(marked: String, code: PolicyError.Code, path: String) throws {
    let json = marked.filter { $0 != "¦" }
    let error = try #require(throws: PolicyError.self) { try PolicyDocument(json: Array(json.utf8)) }
    #expect(error.code == code)
    #expect(error.path == path)
    let before = marked.prefix { $0 != "¦" }.split(separator: "\n", omittingEmptySubsequences: false)
    #expect([error.line, error.column] == [before.count, before[before.count - 1].count + 1], "\(error)")
    #expect(
      !error.message.isEmpty && error.description.contains("line \(error.line), column \(error.column)"))
  }

  @Test func everythingTheGrammarHasIsRead() throws {
    let json = """
      {"Id":"cd3a","Version":"2012-10-17","Statement":{"Sid":"","NotAction":["iam:*","s3:Get?"],"Effect":"Deny",
      "NotResource":"arn:aws:s3:::${aws:PrincipalTag/a:b}/*","NotPrincipal":{"Service":["ec2.amazonaws.com"],
      "AWS":["*","123456789012","AROADBQP57FF2AEXAMPLE","arn:aws:iam::123456789012:root"]},
      "Condition":{"Bool":{"aws:SecureTransport":false},"NumericEquals":{"s3:max-keys":[1,"2",3e1]},
      "StringLike":{"\\u0061ws:b":[]}}}}
      """
    let document = try PolicyDocument(json: Array(json.utf8))
    #expect(document.id == "cd3a")
    let statement = try #require(document.statements.first)
    #expect(statement.sid == "")
    #expect(statement.effect == .deny)
    #expect(statement.actions == .notAction(["iam:*", "s3:Get?"]))
    #expect(statement.resources == .notResource(["arn:aws:s3:::${aws:PrincipalTag/a:b}/*"]))
    #expect(
      statement.principal
        == .notPrincipal(
          .typed([
            .init(type: "Service", values: ["ec2.amazonaws.com"]),
            .init(
              type: "AWS",
              values: ["*", "123456789012", "AROADBQP57FF2AEXAMPLE", "arn:aws:iam::123456789012:root"]),
          ])))
    #expect(
      statement.conditions == [
        Condition(operatorName: "Bool", key: "aws:SecureTransport", values: ["false"]),
        Condition(operatorName: "NumericEquals", key: "s3:max-keys", values: ["1", "2", "3e1"]),
        Condition(operatorName: "StringLike", key: "aws:b", values: []),
      ])
  }

  @Test func aBarePrincipalIsAnAWSPrincipal() throws {
    let json = #"{"Statement":{"Effect":"Allow","Action":"*","Principal":"arn:aws:iam::123456789012:root"}}"#
    #expect(
      try PolicyDocument(json: Array(json.utf8)).statements.first?.principal
        == .principal(.typed([.init(type: "AWS", values: ["arn:aws:iam::123456789012:root"])])))
  }

  @Test(arguments: [
    "*", "arn:aws:s3:::b/*", "arn:*", "arn:aws:cloudfront:*", "*:*", "arn:${aws:a}", "???:aws:s3:::b", "a*",
    "${aws:PrincipalTag/arn}",
  ])
  func resourcesThatMayMatchAnARN(text: String) {
    #expect(ResourceShape(text, version: "2012-10-17").mayMatchAnARN)
  }

  @Test(arguments: ["", "s3", " *", "arn:aws:s3::b", "ARN:aws:s3:::b", "arn", "??", "b/*", "${*}", "${a}"])
  func resourcesThatMatchNoARN(text: String) {
    #expect(!ResourceShape(text, version: text == "${a}" ? nil : "2012-10-17").mayMatchAnARN)
  }

  @Test func urlEncodedDocumentsAreTakenApart() throws {
    let plain =
      #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*","Sid":"a+b é"}]}"#
    let encoded = plain.utf8.map { byte in
      (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == UInt8(ascii: "+")
        ? String(UnicodeScalar(byte)) : "%" + String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }.joined()
    let source = try PolicyText(json: Array(encoded.utf8))
    #expect(source.isURLEncoded)
    #expect(source.text == Array(plain.utf8))
    #expect(source.document.statements.first?.sid == "a+b é")
  }

  @Test func aByteOrderMarkIsNoFault() throws {
    let source = try PolicyText(json: [0xEF, 0xBB, 0xBF] + Array(#"{"Statement":[]}"#.utf8))
    #expect(source.text.count == 19)
    #expect(source.document.statements.isEmpty)
  }

  @Test(arguments: 0..<20)
  func noBytesCrashTheParser(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let valid = Array(
      PolicyParserTests.statement(
        #""Effect":"Deny","Action":"*","Condition":{"Bool":{"a":[true]}},"Principal":{"AWS":"*"},"Resource":"*""#
      ).utf8)
    for _ in 0..<200 {
      var bytes = valid
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: index)
        default: bytes.insert(contentsOf: bytes[index..<min(index + 9, bytes.count)], at: index)
        }
      }
      guard let source = try? PolicyText(json: bytes) else { continue }
      // What is read is written and read again without loss.
      #expect(try PolicyDocument(json: source.document.json(pretty: true)) == source.document, "seed \(seed)")
    }
  }

  @Test func canonicalFormKeepsItsPromises() throws {
    let json = """
      { "Statement" : [ { "Resource" : ["*"], "Action" : ["s3:Get*", "s3:Put*"], "Effect" : "Allow",
        "Condition": {"Bool": {"b": "true"}, "StringEquals": {"a": ["x", "\\u2028"]}} } ], "Version" : "2012-10-17" }
      """
    let document = try PolicyDocument(json: Array(json.utf8))
    let compact = """
      {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:Put*"],"Resource":"*",\
      "Condition":{"Bool":{"b":"true"},"StringEquals":{"a":["x","\\u2028"]}}}]}
      """
    #expect(String(decoding: document.json(pretty: false), as: UTF8.self) == compact)
    #expect(document.managedPolicySize == compact.count)
    let pretty = String(decoding: document.json(pretty: true), as: UTF8.self)
    #expect(
      pretty.hasPrefix("{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Effect\""))
    #expect(pretty.filter { !$0.isWhitespace } == compact)
  }
}
