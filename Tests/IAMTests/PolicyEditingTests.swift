// Edits of a policy's text: what changes, and that nothing else does.

import TestSupport
import Testing

@testable import IAM

@Suite struct PolicyEditingTests {
  static let pretty = """
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Read",
                "Effect": "Allow",
                "Action": [
                    "s3:GetObject",
                    "s3:PutObject",
                    "s3:\\u0044eleteObject"
                ],
                "Resource": ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]
            },
            {
                "Effect": "Allow", "Action": "sqs:*",
                "Resource": "*"
            },
            {"Effect":"Deny","Action":"iam:*","Resource":"*"}
        ]
    }
    """

  static func edited(_ text: String, _ edits: PolicyText.Edit...) throws -> String? {
    let source = try PolicyText(json: Array(text.utf8))
    return source.applying(edits).map { String(decoding: $0, as: UTF8.self) }
  }

  static let statement = Statement(
    sid: "New", effect: .allow, actions: .action(["sqs:SendMessage", "sqs:GetQueueUrl"]),
    resources: .resource(["arn:aws:sqs:eu-west-1:123456789012:q"]))

  @Test func withoutEditsNothingChanges() throws {
    #expect(try PolicyEditingTests.edited(PolicyEditingTests.pretty) == PolicyEditingTests.pretty)
  }

  @Test func anElementIsRenamedAndAStringBecomesAListInItsPlace() throws {
    let source =
      "{\n  \"Statement\": {\n    \"Effect\": \"Allow\",\n    \"NotAction\": \"iam:*\",\n    \"Resource\": \"*\"\n  }\n}"
    let edit = PolicyText.Edit.replaceElement(
      statement: 0, element: .notAction, with: .action, values: ["s3:GetObject", "sqs:SendMessage"])
    let list = "\"Action\": [\n      \"s3:GetObject\",\n      \"sqs:SendMessage\"\n    ]"
    #expect(
      try PolicyEditingTests.edited(source, edit)
        == source.replacing("\"NotAction\": \"iam:*\"", with: list))
    let absent = PolicyText.Edit.replaceElement(
      statement: 0, element: .action, with: .notAction, values: ["s3:GetObject"])
    #expect(try PolicyEditingTests.edited(source, absent) == nil)
  }

  @Test func whatIsRemovedTakesItsCommaAlong() throws {
    let pretty = PolicyEditingTests.pretty
    for (values, removed) in [
      (["s3:PutObject", "s3:DeleteObject"], "\"s3:GetObject\",\n                "),
      (["s3:GetObject", "s3:DeleteObject"], "\"s3:PutObject\",\n                "),
      (["s3:GetObject", "s3:PutObject"], ",\n                \"s3:\\u0044eleteObject\""),
      (["s3:GetObject"], ",\n                \"s3:PutObject\",\n                \"s3:\\u0044eleteObject\""),
      (["s3:DeleteObject"], "\"s3:GetObject\",\n                \"s3:PutObject\",\n                "),
    ] {
      let edit = PolicyText.Edit.setValues(statement: 0, element: .action, values: values)
      let expected = pretty.replacing(removed, with: "")
      #expect(expected != pretty)
      #expect(try PolicyEditingTests.edited(pretty, edit) == expected)
    }
  }

  @Test func whatIsNewFollowsTheStyleAroundIt() throws {
    let pretty = PolicyEditingTests.pretty
    let spread = PolicyText.Edit.setValues(
      statement: 0, element: .action, values: ["s3:DeleteObject", "s3:GetObjectTagging"])
    #expect(
      try PolicyEditingTests.edited(pretty, spread)?.contains(
        """
                "Action": [
                        "s3:\\u0044eleteObject",
                        "s3:GetObjectTagging"
                    ],
        """) == true)
    let inline = PolicyText.Edit.setValues(
      statement: 0, element: .resource, values: ["arn:aws:s3:::c/*", "*"])
    #expect(
      try PolicyEditingTests.edited(pretty, inline)?.contains(#""Resource": ["arn:aws:s3:::c/*", "*"]"#)
        == true)
    let single = PolicyText.Edit.setValues(statement: 1, element: .action, values: ["sqs:SendMessage"])
    #expect(
      try PolicyEditingTests.edited(pretty, single) == pretty.replacing("sqs:*", with: "sqs:SendMessage"))
    let several = PolicyText.Edit.setValues(statement: 1, element: .action, values: ["sqs:A", "sqs:B"])
    #expect(
      try PolicyEditingTests.edited(pretty, several)
        == pretty.replacing("\"sqs:*\"", with: #"["sqs:A", "sqs:B"]"#))
  }

  @Test func statementsAreReplacedInTheirIndentation() throws {
    let edit = PolicyText.Edit.replaceStatement(1, with: [PolicyEditingTests.statement])
    let text = try #require(try PolicyEditingTests.edited(PolicyEditingTests.pretty, edit))
    #expect(
      text.contains(
        "        {\n            \"Sid\": \"New\",\n            \"Effect\": \"Allow\",\n            \"Action\": [\n"
          + "                \"sqs:SendMessage\","))
    let compact = PolicyText.Edit.replaceStatement(2, with: [PolicyEditingTests.statement])
    #expect(
      try PolicyEditingTests.edited(PolicyEditingTests.pretty, compact)?.contains(
        #"        {"Sid":"New","Effect""#)
        == true)
  }

  @Test func editsThatDoNotFitAreRefused() throws {
    let pretty = PolicyEditingTests.pretty
    #expect(try PolicyEditingTests.edited(pretty, .replaceStatement(3, with: [])) == nil)
    #expect(
      try PolicyEditingTests.edited(pretty, .setValues(statement: 0, element: .notAction, values: [])) == nil)
    #expect(
      try PolicyEditingTests.edited(
        pretty, .replaceStatement(0, with: []),
        .setValues(statement: 0, element: .action, values: ["s3:GetObject"]))
        == nil)
    #expect(
      try PolicyEditingTests.edited(pretty, .replaceStatement(0, with: []), .replaceStatement(0, with: []))
        == nil)
  }

  @Test func aSingleStatementCanGoToo() throws {
    let text = #"{"Statement": {"Effect":"Allow","Action":"*","Resource":"*"}}"#
    #expect(try PolicyEditingTests.edited(text, .replaceStatement(0, with: [])) == #"{"Statement": []}"#)
    let two = [PolicyEditingTests.statement, PolicyEditingTests.statement]
    let edited = try #require(try PolicyEditingTests.edited(text, .replaceStatement(0, with: two)))
    #expect(try PolicyDocument(json: Array(edited.utf8)).statements == two)
  }

  @Test(arguments: 0..<10)
  func theTextSaysWhatTheEditSaid(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<50 {
      let style = Int.random(in: 0..<3, using: &random)
      let count = Int.random(in: 1...4, using: &random)
      let statements = (0..<count).map { index in
        Statement(
          sid: "S\(index)", effect: .allow,
          actions: .action((0..<Int.random(in: 1...4, using: &random)).map { "s3:A\($0)" }),
          resources: .resource(["arn:aws:s3:::b\(index)"]))
      }
      let document = PolicyDocument(statements: statements)
      let text = style == 0 ? document.json(pretty: false) : document.json(pretty: true)
      let source = try PolicyText(json: style == 2 ? text.map { $0 == 0x0A ? 0x20 : $0 } : text)
      var expected: [Statement] = []
      var edits: [PolicyText.Edit] = []
      for (index, statement) in statements.enumerated() {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: edits.append(.replaceStatement(index, with: []))
        case 1:
          edits.append(.replaceStatement(index, with: [PolicyEditingTests.statement, statement]))
          expected += [PolicyEditingTests.statement, statement]
        case 2:
          let values = ["s3:A0", "s3:A1", "s3:A2", "s3:New"].filter { _ in Bool.random(using: &random) }
          edits.append(.setValues(statement: index, element: .action, values: values))
          var changed = statement
          changed.actions = .action(values)
          expected.append(changed)
        default: expected.append(statement)
        }
      }
      let edited = try #require(source.applying(edits), "seed \(seed)")
      #expect(try PolicyDocument(json: edited).statements == expected, "seed \(seed)")
    }
  }
}
