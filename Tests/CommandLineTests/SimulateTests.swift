// `whittle simulate`, seen through the built program.

import Foundation
import JSONStream
import TestSupport
import Testing
import whittle

@Suite("whittle simulate")
struct SimulateTests {
  static let policy = """
    {"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":"s3:Get*",\
    "Resource":"arn:aws:s3:::photos/*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}]}
    """

  static func line(_ id: String, action: String, context: String = "{}", policy: String = policy) -> String {
    """
    {"id":"\(id)","principal":{"arn":"arn:aws:iam::123456789012:user/ann","type":"user","account":"123456789012"},\
    "action":"\(action)","resource":{"arn":"arn:aws:s3:::photos/1.jpg"},"context":\(context),\
    "identityPolicies":[\(policy)],"permissionBoundary":null,"sessionPolicies":null,"scps":null,"rcps":null,\
    "resourcePolicy":null,"vpcEndpointPolicies":null,"expected":"ignored"}
    """
  }

  static func simulate(_ input: String, _ options: String...) throws -> ProcessResult {
    try WhittleProcess.run(["simulate", "-"] + options, input: Array(input.utf8))
  }

  @Test("each line is answered by one line with the members of the interface, in order")
  func decisions() throws {
    let secure = #"{"AWS:securetransport":"true"}"#
    let result = try SimulateTests.simulate(
      SimulateTests.line("1", action: "s3:GetObject", context: secure) + "\n\n"
        + SimulateTests.line("2", action: "s3:GetObject") + "\n")
    #expect(result.status == ExitStatus.done.rawValue)
    #expect(result.errors.isEmpty)
    #expect(
      result.lines == [
        #"{"id":"1","decision":"allowed","reason":"the identity-based policies allow `s3:GetObject`","#
          + #""matched":[{"policy":"identityPolicies[0]","statement":0,"sid":"Read","effect":"Allow"}],"error":null}"#,
        #"{"id":"2","decision":"implicitDeny","reason":"no identity-based policy allows `s3:GetObject`","#
          + #""matched":[],"error":null}"#,
      ])
  }

  @Test("--explain says what kept each statement from applying")
  func explanation() throws {
    let input = SimulateTests.line("1", action: "s3:GetObject")
    let value = try JSONValue(parsing: SimulateTests.simulate(input, "--explain").output)
    #expect(value["missing"]?.elements.map(\.string) == ["identityPolicies"])
    #expect(value["statements"]?.elements.first?["applies"]?.bool == false)
    let why = value["statements"]?.elements.first?["explanation"]?.string ?? ""
    #expect(why.contains("`Bool` on `aws:SecureTransport`") && why.contains("no such key"))
    let text = try SimulateTests.simulate(input, "--explain", "--format", "text").lines
    #expect(text.count == 2)
    #expect(text.first == "1: implicitly denied: no identity-based policy allows `s3:GetObject`")
    #expect(text.last?.contains("identityPolicies[0].Statement[0] (Read)") == true)
  }

  @Test(
    "a line that cannot be decided is answered with an error, the others all the same, and the status is 3",
    arguments: [
      ("{", "no JSON"), ("[]", "no JSON object"), (#"{"id":"x"}"#, "`action`"),
      (#"{"id":"x","action":"s3:GetObject"}"#, "`principal`"),
      (line("x", action: "GetObject"), "`action`"),
      (line("x", action: "s3:GetObject", context: #"{"a":{}}"#), "`context.a`"),
      (
        line(
          "x", action: "s3:GetObject",
          policy: #"{"Statement":[{"Effect":"allow","Action":"*","Resource":"*"}]}"#),
        "`identityPolicies[0]`: line 1, column 25: `Statement[0].Effect`"
      ),
      (line("x", action: "s3:GetObject", context: #"{"a":"1","A":"2"}"#), "`context.A`"),
      (#"{"id":"x","action":"s3:GetObject","action":"s3:PutObject"}"#, "`action` stands in the line twice"),
      (line("x", action: "s3:" + String(repeating: "a", count: 20_000)), "`action` is longer than"),
      (
        line("x", action: "s3:GetObject", policy: #"{"Statement":[],"Comment":"no such element"}"#),
        "`Comment`"
      ),
    ])
  func undecided(line: String, message: String) throws {
    let good = SimulateTests.line("good", action: "s3:GetObject")
    let result = try SimulateTests.simulate("\(good)\n\(line)\n\(good)")
    #expect(result.status == ExitStatus.damagedInput.rawValue)
    #expect(result.lines.count == 3)
    #expect(result.lines.first == result.lines.last)
    let answer = try JSONValue(parsing: result.lines[1])
    #expect(answer["decision"] == .null)
    #expect(answer["error"]?.string?.contains(message) == true, "\(result.lines[1])")
    #expect(answer["id"] == (line.contains(#""id":"x""#) ? .string("x") : .null))
    #expect(result.errors.contains("1 line could not be decided"))
  }

  @Test("what stands in a line cannot act on the terminal")
  func hostileText() throws {
    let line = SimulateTests.line(#"\u001b[31m\u202e"#, action: "s3:GetObject")
    #expect(!(try SimulateTests.simulate(line).output.contains(0x1B)))
    let text = try SimulateTests.simulate(line, "--format", "text").text
    #expect(!text.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
  }

  @Test("an input that is not there ends with 4, and leaves the output as it was")
  func missingInput() throws {
    try Fixtures.withTemporaryDirectory { directory in
      let output = URL(filePath: directory).appending(path: "answers")
      try Data("old".utf8).write(to: output)
      for input in ["\(directory)/none", directory] {
        let result = try WhittleProcess.run(["simulate", input, "--output", output.path])
        #expect(result.status == ExitStatus.cannotBeDone.rawValue)
        #expect(result.errors.contains("cannot read"))
        #expect(try Data(contentsOf: output) == Data("old".utf8))
      }
    }
  }

  @Test("with --granted, what a line does not say is taken from the account")
  func granted() throws {
    let account = """
      {"UserDetailList":[{"UserName":"ann","Arn":"arn:aws:iam::123456789012:user/ann","Path":"/","GroupList":[],
      "AttachedManagedPolicies":[],"UserPolicyList":[{"PolicyName":"p","PolicyDocument":\(SimulateTests.policy)}]}],
      "RoleDetailList":[{"RoleName":"deploy","Arn":"arn:aws:iam::123456789012:role/ci/deploy","Path":"/ci/",
      "AttachedManagedPolicies":[{"PolicyName":"gone","PolicyArn":"arn:aws:iam::123456789012:policy/gone"}],
      "RolePolicyList":[],"AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
      "Principal":{"AWS":"arn:aws:iam::123456789012:user/bob"},"Action":"sts:AssumeRole"}]}}],
      "GroupDetailList":[],"Policies":[]}
      """
    func line(_ arn: String, _ action: String, _ resource: String, _ more: String = "") -> String {
      #"{"id":"1","principal":{"arn":"\#(arn)"},"action":"\#(action)","resource":{"arn":"\#(resource)"},"#
        + #""context":{"aws:SecureTransport":"true"}\#(more)}"#
    }
    let user = "arn:aws:iam::123456789012:user"
    let session = "arn:aws:sts::123456789012:assumed-role/deploy/s"
    let photo = "arn:aws:s3:::photos/1"
    let role = "arn:aws:iam::123456789012:role/ci/deploy"
    let allowAll = #"[{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}]"#
    try Fixtures.withTemporaryDirectory { directory in
      let file = URL(filePath: directory).appending(path: "account.json")
      try Data(account.utf8).write(to: file)
      for (line, expected) in [
        (line("\(user)/ann", "s3:GetObject", photo), "allowed"),
        (line("\(user)/ann", "s3:PutObject", photo), "no identity-based policy allows"),
        (
          line("\(user)/ann", "s3:GetObject", photo, #","identityPolicies":[]"#),
          "no identity-based policy allows"
        ),
        (
          line("\(user)/eve", "s3:GetObject", photo),
          "the grants do not have `arn:aws:iam::123456789012:user/eve`"
        ),
        (line(session, "s3:GetObject", photo), "do not say what `arn:aws:iam::123456789012:policy/gone`"),
        (line(session, "s3:GetObject", photo, #","identityPolicies":\#(allowAll)"#), "allowed"),
        (line("\(user)/bob", "sts:AssumeRole", role, #","identityPolicies":[]"#), "allowed"),
        (
          line("\(user)/eve", "sts:AssumeRole", role, #","identityPolicies":\#(allowAll)"#),
          "the resource policy does not allow"
        ),
      ] {
        let result = try SimulateTests.simulate("\(line)\n\(line)", "--granted", file.path)
        #expect(result.lines.count == 2)
        #expect(result.lines.allSatisfy { $0.contains(expected) }, "\(result.text)")
      }
      let missing = try SimulateTests.simulate("", "--granted", "\(directory)/none")
      #expect(missing.status == ExitStatus.cannotBeDone.rawValue)
      #expect(try SimulateTests.simulate("", "--granted", "-").status == ExitStatus.wrongUsage.rawValue)
    }
  }

  @Test("many lines stream in constant memory, and a reader that goes away ends the run")
  func streaming() throws {
    let script = """
      yes "$line" | head -4000 > lines
      (ulimit -v 600000; "$whittle" simulate - < lines) | sort | uniq -c | tr -s ' '
      yes "$line" | "$whittle" simulate - | head -1 | wc -l
      """
    try Fixtures.withTemporaryDirectory { directory in
      let result = try WhittleProcess.shell(
        script, environment: ["line": SimulateTests.line("1", action: "s3:PutObject")], in: directory)
      #expect(result.lines.count == 2)
      #expect(result.lines.first?.hasPrefix(#" 4000 {"id":"1","decision":"implicitDeny""#) == true)
      #expect(result.lines.last == "1")
    }
  }

  @Test(
    "the published cases are decided by the program as by the engine",
    .enabled(if: Fixtures.hasSharedData, Comment(rawValue: Fixtures.skippedComment)))
  func conformance() throws {
    let path = try Fixtures.shared("conformance/evaluate.jsonl")
    let result = try WhittleProcess.run(["simulate", path])
    #expect(result.status == 0)
    let cases = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    #expect(result.lines.count == cases.count)
    for (line, answer) in zip(cases, result.lines) {
      let expected = try JSONValue(parsing: String(line))
      let actual = try JSONValue(parsing: answer)
      let decision = actual["decision"]?.string ?? ""
      let accepted: [String] =
        switch expected["expected"]?.string {
        case "allowed": ["allowed"]
        case "denied-explicit": ["explicitDeny"]
        case "denied-implicit": ["implicitDeny"]
        default: ["explicitDeny", "implicitDeny"]
        }
      #expect(accepted.contains(decision), "\(expected["id"]?.string ?? "")")
    }
  }
}
