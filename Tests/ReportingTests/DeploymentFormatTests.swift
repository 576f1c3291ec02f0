// The deployment formats, read back by the tools that they are for: a shell, Terraform and a YAML parser.

import CloudTrail
import Foundation
import IAM
import JSONStream
import LeastPrivilege
import TestSupport
import Testing

@testable import Reporting

@Suite struct DeploymentFormatTests {
  /// Strings that mean something to one of the languages, in the place where logs put them: resource names.
  static let hostile = [
    "${path.module}", "%{ if true }x%{ endif }", "$${literal}", "'; rm -rf / #", "$(touch pwned)",
    "`touch pwned`",
    "\"quoted\"", "back\\slash", "line\nbreak", "tab\tand\u{1B}[2Jescape", "bidi\u{202E}txt", "\u{7F}del",
    "EOF",
    "key: value # no comment", "- item", "!!binary x", "é😀",
  ]

  static let document = PolicyDocument(statements: [
    Statement(
      sid: "S3Read", effect: .allow, actions: .action(["s3:GetObject", "s3:GetObjectVersion"]),
      resources: .resource(hostile.map { "arn:aws:s3:::bucket/\($0)" })),
    Statement(
      sid: "PassRole", effect: .allow, actions: .action(["iam:PassRole"]),
      resources: .resource(["arn:aws:iam::111122223333:role/task"]),
      conditions: [
        Condition(
          operatorName: "StringEquals", key: "iam:PassedToService", values: ["ecs-tasks.amazonaws.com"])
      ]),
    Statement(
      sid: "List", effect: .allow, actions: .action(["s3:ListAllMyBuckets"]), resources: .resource(["*"])),
  ])

  static func proposal(_ arn: String, _ kind: Principal.Kind, policies: [String]) -> PrincipalProposal {
    PrincipalProposal(
      principal: Principal(kind: kind, identifier: arn, account: ARN(arn)?.account),
      policies: policies.map {
        NamedPolicy(name: $0, document: document, size: document.managedPolicySize, evidence: [])
      },
      packing: Packing(
        policies: policies.count, lowerBound: 1, statementBound: 1, attachmentLimit: 10, alreadyAttached: 0),
      verification: Verification(
        complete: true, usesReplayed: 1, noNewAccess: nil, minimal: true, excess: [], withinQuotas: true,
        failures: []),
      unresolvedResources: [], notGranted: [], denied: [])
  }

  static let proposals = [
    proposal(
      "arn:aws:iam::111122223333:role/team/o'brien,x", .role, policies: ["whittle-app-1", "whittle.app.1"]),
    proposal("arn:aws:iam::111122223333:user/carlos", .user, policies: ["1st"]),
    proposal("arn:aws-cn:iam::444455556666:role/other", .role, policies: ["whittle-app-1"]),
  ]

  static func text(_ render: (inout [UInt8]) -> Void) -> String {
    var bytes: [UInt8] = []
    render(&bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Runs a shell command in an empty directory with files in it, and returns what it wrote.
  static func run(_ command: String, files: [String: String]) throws -> (ProcessResult, [String: String]) {
    try Fixtures.withTemporaryDirectory { directory in
      for (name, content) in files {
        try content.write(toFile: "\(directory)/\(name)", atomically: false, encoding: .utf8)
      }
      let result = try WhittleProcess.shell("cd '\(directory)' && \(command)")
      var left: [String: String] = [:]
      for name in try FileManager.default.contentsOfDirectory(atPath: directory) {
        left[name] = try String(contentsOfFile: "\(directory)/\(name)", encoding: .utf8)
      }
      return (result, left)
    }
  }

  static func hasTool(_ command: String) -> Bool {
    (try? WhittleProcess.shell("\(command) >/dev/null 2>&1"))?.status == 0
  }

  /// A stand-in for the AWS CLI that writes down its arguments, one a line in JSON strings.
  static let recorder = """
    #!/usr/bin/env python3
    import json, sys
    arguments = sys.argv[1:]
    if arguments[:2] == ["sts", "get-caller-identity"]:
      print("111122223333")
    elif arguments[1].startswith("list-attached"):
      print("8")
    elif arguments[:2] == ["iam", "get-policy"]:
      sys.exit("An error occurred (NoSuchEntity) when calling the GetPolicy operation")
    else:
      open("calls", "a").write(json.dumps(arguments) + "\\n")
      if "delete-policy" in arguments and "1st" in arguments[-1]:
        sys.exit("An error occurred (NoSuchEntity) when calling the DeletePolicy operation")
    """

  /// The words of each call that was recorded; an option with its value behind an equals sign counts as two.
  private static func calls(_ files: [String: String]) throws -> [[String]] {
    try (files["calls"] ?? "").split(separator: "\n").map { line in
      try JSONValue(parsing: String(line)).elements.compactMap(\.string).flatMap { word in
        word.hasPrefix("--") ? word.split(separator: "=", maxSplits: 1).map(String.init) : [word]
      }
    }
  }

  @Test(.enabled(if: hasTool("python3 -c 'import json'"), "needs python3"))
  func `the apply script creates and attaches the very documents, in the caller's account only`() throws {
    let script = Self.text { PolicyCommandScript.renderApply(Self.proposals, into: &$0) }
    let (result, files) = try Self.run(
      "chmod +x aws && PATH=.:$PATH sh apply.sh", files: ["apply.sh": script, "aws": Self.recorder])
    #expect(result.status == 0, "\(result.errors)")
    #expect(files.keys.sorted() == ["apply.sh", "aws", "calls"], "a hostile string ran as a command")
    let calls = try Self.calls(files)
    #expect(calls.count == 6)
    let created = calls.filter { $0[1] == "create-policy" }
    #expect(created.map { $0[3] } == ["whittle-app-1", "whittle.app.1", "1st"])
    for call in created {
      #expect(try PolicyDocument(json: Array(call[7].utf8)).statements == Self.document.statements)
    }
    let attached = calls.filter { $0[1].hasPrefix("attach") }
    #expect(attached.map { $0[3] } == ["o'brien,x", "o'brien,x", "carlos"])
    #expect(
      attached.last == [
        "iam", "attach-user-policy", "--user-name", "carlos", "--policy-arn",
        "arn:aws:iam::111122223333:policy/1st",
      ])
  }

  @Test(.enabled(if: hasTool("python3 -c 'import json'"), "needs python3"))
  func `the apply script changes nothing unless every policy is new`() throws {
    let script = Self.text { PolicyCommandScript.renderApply(Self.proposals, into: &$0) }
    for (answer, complaint) in [
      ("0", "exists already; nothing was changed"), ("'AccessDenied'", "AccessDenied; nothing was changed"),
    ] {
      let cli = Self.recorder.replacing(
        /sys.exit\("An error.*GetPolicy operation"\)/, with: "sys.exit(\(answer))")
      let (result, files) = try Self.run(
        "chmod +x aws && PATH=.:$PATH sh apply.sh", files: ["apply.sh": script, "aws": cli])
      #expect(result.status == 1)
      #expect(result.errors.contains(complaint), "\(result.errors)")
      #expect(files["calls"] == nil)
    }
  }

  @Test(.enabled(if: hasTool("python3 -c 'import json'"), "needs python3"))
  func `the roll-back script undoes in reverse and passes over what is gone`() throws {
    let script = Self.text { PolicyCommandScript.renderRollback(Self.proposals, into: &$0) }
    let (result, files) = try Self.run(
      "chmod +x aws && PATH=.:$PATH sh rollback.sh", files: ["rollback.sh": script, "aws": Self.recorder])
    #expect(result.status == 0, "\(result.errors)")
    let calls = try Self.calls(files)
    #expect(
      calls.map { $0[1] } == [
        "detach-user-policy", "delete-policy", "detach-role-policy", "delete-policy", "detach-role-policy",
        "delete-policy",
      ])
  }

  @Test(.enabled(if: hasTool("terraform version"), "needs terraform"))
  func `terraform reads the configuration, finds it formatted, and gets the very document`() throws {
    let configuration = Self.text { PolicyTerraform.render(Self.proposals, into: &$0) }
    #expect(configuration.contains("\"aws_iam_policy\" \"whittle-app-1_2\""), "labels are unique")
    let (format, _) = try Self.run("terraform fmt -check -diff .", files: ["main.tf": configuration])
    #expect(format.status == 0, "\(format.text)\(format.errors)\n\(configuration)")
    // The document alone, as a local value, can be evaluated without the provider.
    let pieces = configuration.split(separator: "policy = jsonencode(", maxSplits: 1)
    let document = pieces[1].prefix(upTo: pieces[1].range(of: "\n  })\n")?.lowerBound ?? pieces[1].endIndex)
    let (console, _) = try Self.run(
      "echo 'nonsensitive(local.document)' | terraform console",
      files: ["main.tf": "locals {\n  document = base64encode(jsonencode(\(document)\n}))\n}\n"])
    let encoded = console.text.trimmingCharacters(in: .whitespacesAndNewlines).trimmingCharacters(
      in: CharacterSet(charactersIn: "\""))
    let json = [UInt8](try #require(Data(base64Encoded: encoded), "\(console.text)\(console.errors)"))
    #expect(try PolicyDocument(json: json).statements == Self.document.statements)
  }

  @Test(.enabled(if: hasTool("python3 -c 'import yaml'"), "needs python3 with PyYAML"))
  func `a YAML parser reads the very documents from the templates`() throws {
    let template = Self.text { PolicyCloudFormation.render(Self.proposals, into: &$0) }
    let (result, _) = try Self.run(
      "python3 -c 'import json, yaml; print(json.dumps(list(yaml.safe_load_all(open(\"t.yaml\", encoding=\"utf-8\")))))'",
      files: ["t.yaml": template])
    #expect(result.status == 0, "\(result.errors)")
    let accounts = try JSONValue(parsing: result.output).elements
    #expect(accounts.count == 2)
    let resources = accounts[0]["Resources"]?.members ?? []
    #expect(resources.map(\.name) == ["WhittleApp1", "WhittleApp12", "1st"])
    #expect(resources[0].value["Properties"]?["Roles"]?.elements == [.string("o'brien,x")])
    for resource in resources {
      var writer = JSONWriter()
      writer.write(resource.value["Properties"]?["PolicyDocument"] ?? .null)
      #expect(try PolicyDocument(json: writer.bytes).statements == Self.document.statements)
    }
  }

  /// A stand-in for the AWS CLI with a role that has policies attached, no more than four.
  private static let account = """
    #!/usr/bin/env python3
    import json, os, sys
    words = [part for word in sys.argv[1:] for part in (word.split("=", 1) if word.startswith("--") else [word])]
    state = json.load(open("state"))
    value = lambda name: words[words.index(name) + 1]
    if words[0] == "sts":
      print("111122223333")
    elif words[1] == "get-policy":
      if value("--policy-arn") not in state["policies"]:
        sys.exit("An error occurred (NoSuchEntity) when calling the GetPolicy operation")
    elif words[1] == "list-attached-role-policies":
      print(len(state["attached"]))
    elif words[1] == "create-policy":
      state["policies"].append("arn:aws:iam::111122223333:policy/" + value("--policy-name"))
    elif words[1] == "attach-role-policy":
      arn = value("--policy-arn")
      if arn not in state["policies"] or len(state["attached"]) >= 4:
        sys.exit("An error occurred (LimitExceeded)")
      state["attached"].append(arn)
    elif words[1] == "detach-role-policy":
      state["attached"].remove(value("--policy-arn"))
    elif words[1] == "delete-policy":
      state["policies"].remove(value("--policy-arn"))
    else:
      sys.exit("unexpected")
    json.dump(state, open("state", "w"))
    """

  @Test(.enabled(if: hasTool("python3 -c 'import json'"), "needs python3"))
  func `the scripts keep the limit of attached policies, there and back`() throws {
    let old = ["a", "b", "c"].map { "arn:aws:iam::111122223333:policy/\($0)" }
    var proposal = Self.proposal(
      "arn:aws:iam::111122223333:role/app", .role, policies: ["new-1", "new-2", "new-3"])
    proposal.packing.attachmentLimit = 4
    func script(_ render: ([PrincipalProposal], inout [UInt8]) -> Void) -> String {
      Self.text { render([proposal], &$0) }
    }
    func apply() -> String { script { PolicyCommandScript.renderApply($0, into: &$1) } }
    func rollback() -> String { script { PolicyCommandScript.renderRollback($0, into: &$1) } }
    let before = "{\"policies\": \(old), \"attached\": \(old)}"
    func run(_ command: String, _ files: [String: String]) throws -> (ProcessResult, JSONValue) {
      var all = files
      all["aws"] = Self.account
      all["state"] = before
      let (result, left) = try Self.run("chmod +x aws && export PATH=.:$PATH && \(command)", files: all)
      return (result, try JSONValue(parsing: left["state"] ?? ""))
    }
    let (refused, untouched) = try run("sh apply.sh", ["apply.sh": apply()])
    #expect(
      refused.status == 1 && refused.errors.contains("3 policies attached, and 4 may be; nothing was changed")
    )
    #expect(untouched == (try JSONValue(parsing: before)))
    proposal.packing.detachments = [
      Detachment(replacement: 1, policy: old[2], uncoveredUses: 0),
      Detachment(replacement: 2, policy: old[0], uncoveredUses: 3),
    ]
    let text = apply()
    #expect(text.contains("# no room for one more; all recorded uses stay allowed without this one\n"))
    #expect(text.contains("# no room for one more; 3 recorded uses not allowed until"))
    let (applied, after) = try run("sh apply.sh", ["apply.sh": text])
    #expect(applied.status == 0, "\(applied.errors)")
    let new = ["new-1", "new-2", "new-3"].map { "arn:aws:iam::111122223333:policy/\($0)" }
    #expect(Set(after["attached"]?.elements.compactMap(\.string) ?? []) == Set([old[1]] + new))
    let (undone, back) = try run(
      "sh apply.sh && sh rollback.sh", ["apply.sh": text, "rollback.sh": rollback()])
    #expect(undone.status == 0, "\(undone.errors)")
    #expect(Set(back["attached"]?.elements.compactMap(\.string) ?? []) == Set(old))
    #expect(back["policies"] == (try JSONValue(parsing: before))["policies"])
    for format in [
      Self.text({ PolicyTerraform.render([proposal], into: &$0) }),
      Self.text({ PolicyCloudFormation.render([proposal], into: &$0) }),
    ] {
      #expect(
        format.contains("# Detach \(old[2]) from role app first: no more than 4 policies may be attached."))
    }
  }

  @Test func `without policies each format says so and stays valid`() {
    #expect(Self.text { PolicyTerraform.render([], into: &$0) }.hasPrefix("# No policy"))
    #expect(Self.text { PolicyCloudFormation.render([], into: &$0) }.hasPrefix("# No policy"))
    #expect(Self.text { PolicyCommandScript.renderApply([], into: &$0) }.contains("nothing to do"))
  }
}
