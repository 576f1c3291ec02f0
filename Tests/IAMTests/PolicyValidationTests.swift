// What IAM would refuse, and that it would not refuse what it accepts.

import IAM
import Testing

@Suite struct PolicyValidationTests {
  static func document(
    version: String? = "2012-10-17", id: String? = nil, sid: String? = nil,
    principal: Statement.PrincipalElement? = nil,
    actions: [String] = ["s3:GetObject"], resources: [String]? = ["*"], conditions: [Condition] = []
  ) -> PolicyDocument {
    PolicyDocument(
      version: version, id: id,
      statements: [
        Statement(
          sid: sid, effect: .allow, principal: principal, actions: .action(actions),
          resources: resources.map { .resource($0) }, conditions: conditions)
      ])
  }

  @Test func everySortOfFaultIsFoundAndNamed() {
    typealias Code = PolicyValidation.Finding.Code
    let like = Condition(operatorName: "StringLike", key: "k", values: ["a"])
    let cases: [(PolicyDocument, PolicyValidation.Use, Code?, String)] = [
      (PolicyValidationTests.document(), .managedPolicy, nil, ""),
      (PolicyValidationTests.document(version: nil), .managedPolicy, .invalidVersion, "Version"),
      (PolicyValidationTests.document(id: "x"), .inlineUserPolicy, .unexpectedElement, "Id"),
      (PolicyValidationTests.document(id: "x", principal: .principal(.everyone)), .resourcePolicy, nil, ""),
      (PolicyDocument(statements: []), .managedPolicy, .missingElement, "Statement"),
      (PolicyValidationTests.document(sid: "a b"), .managedPolicy, .invalidSid, "Statement[0].Sid"),
      (PolicyValidationTests.document(sid: ""), .managedPolicy, nil, ""),
      (
        PolicyValidationTests.document(principal: .principal(.everyone)), .managedPolicy, .unexpectedElement,
        "Statement[0].Principal"
      ),
      (PolicyValidationTests.document(), .resourcePolicy, .missingElement, "Statement[0]"),
      (
        PolicyValidationTests.document(principal: .principal(.everyone), resources: nil), .trustPolicy, nil,
        ""
      ),
      (
        PolicyValidationTests.document(principal: .principal(.everyone)), .trustPolicy, .unexpectedElement,
        "Statement[0].Resource"
      ),
      (PolicyValidationTests.document(resources: nil), .managedPolicy, .missingElement, "Statement[0]"),
      (
        PolicyValidationTests.document(resources: []), .managedPolicy, .missingElement,
        "Statement[0].Resource"
      ),
      (
        PolicyValidationTests.document(resources: ["b"]), .managedPolicy, .invalidARN, "Statement[0].Resource"
      ),
      (PolicyValidationTests.document(actions: []), .managedPolicy, .missingElement, "Statement[0].Action"),
      (
        PolicyValidationTests.document(actions: ["s3"]), .managedPolicy, .invalidAction, "Statement[0].Action"
      ),
      (
        PolicyValidationTests.document(conditions: [like, like]), .managedPolicy, .duplicateCondition,
        "Statement[0].Condition.StringLike.k"
      ),
      (
        PolicyValidationTests.document(resources: ["arn:aws:s3:::b/\u{3b1}"]), .managedPolicy,
        .invalidCharacter, ""
      ),
      (PolicyValidationTests.document(resources: ["arn:aws:s3:::b/\u{FF}"]), .managedPolicy, nil, ""),
    ]
    for (document, use, code, path) in cases {
      let findings = PolicyValidation(document, as: use).findings
      #expect(findings.map(\.code) == (code.map { [$0] } ?? []), "\(findings)")
      if code != nil { #expect(findings.first?.path == path) }
    }
  }

  @Test(arguments: [
    ("NumericEquals", "ten", false), ("NumericEquals", "1e1", true), ("NumericEquals", "${aws:a}", false),
    ("DateLessThan", "soon", false), ("DateLessThan", "2026", true), ("Bool", "yes", false),
    ("Bool", "${aws:a}", true),
    ("Null", "true", true), ("Null", "${aws:a}", false), ("IpAddress", "10.0.0.0/40", false),
    ("IpAddress", "::1", true),
    ("BinaryEquals", "%", false), ("ArnLike", "role/a", false), ("ArnLike", "arn:aws:iam::*:role/*", true),
    ("ArnLike", "${aws:a}", true), ("StringIs", "a", false),
  ])
  func valuesFitTheirOperator(name: String, value: String, isValid: Bool) {
    let condition = Condition(operatorName: name, key: "k", values: [value])
    #expect(
      PolicyValidation(PolicyValidationTests.document(conditions: [condition]), as: .managedPolicy).isValid
        == isValid)
  }

  @Test func sizesAreCountedToTheCharacter() {
    let empty = PolicyValidationTests.document(resources: ["arn:aws:s3:::"]).managedPolicySize
    for use in PolicyValidation.Use.allCases where use != .trustPolicy && use != .resourcePolicy {
      let limit = use.sizeLimit ?? 0
      for (extra, isValid) in [(0, true), (1, false)] {
        let name = "arn:aws:s3:::" + String(repeating: "é", count: limit - empty + extra)
        let document = PolicyValidationTests.document(resources: [name])
        #expect(document.managedPolicySize == limit + extra)
        #expect(PolicyValidation(document, as: use).isValid == isValid)
      }
    }
  }

  @Test func sidsAreUnique() {
    var document = PolicyValidationTests.document(sid: "A")
    document.statements.append(contentsOf: document.statements)
    #expect(PolicyValidation(document, as: .managedPolicy).findings.map(\.code) == [.duplicateSid])
    #expect(PolicyValidation(document, as: .managedPolicy).findings.map(\.path) == ["Statement[1].Sid"])
  }
}
